package io.keyspike.models.network;

import io.keyspike.kernels.StepKernels;

/**
 * Delays of single neurons' spikes, one step at a time. The spikes of the last steps are in {@link NodeState#slow}, the latest
 * first, in rows as long as the others.
 *
 * @param delays by neuron, in steps
 * @param rows the longest delay that is allowed
 */
@SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
record AxonDelayStage(Wiring wiring, int[] delays, int rows) implements Stage {

    static AxonDelayStage of(Node.AxonDelay node, float[] delays, Wiring wiring) {
        int[] steps = new int[delays.length];
        for (int n = 0; n < steps.length; n++) {
            steps[n] = (int) delays[n];
        }
        return new AxonDelayStage(wiring, steps, node.maximumDelay());
    }

    @Override
    public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
        for (int k = 0; k < count; k++) {
            NodeState state = streams[k].nodes[wiring.self()];
            float[] arriving = Stage.real(streams[k], rooms[k], wiring.source(), wiring.afterSpikes());
            step(arriving, state, state.rowLength());
        }
    }

    private void step(float[] arriving, NodeState state, int padded) {
        float[] past = state.slow;
        int fired = 0;
        for (int n = 0; n < delays.length; n++) {
            float spikes = delays[n] == 0 ? arriving[n] : past[(delays[n] - 1) * padded + n];
            if (spikes != 0f) {
                if (state.counts.length > 0) {
                    state.counts[fired] = (int) spikes;
                }
                state.fired[fired++] = n;
            }
        }
        state.firedCount = fired;
        if (rows > 0) {
            System.arraycopy(past, 0, past, padded, (rows - 1) * padded);
            System.arraycopy(arriving, 0, past, 0, delays.length);
        }
    }
}
