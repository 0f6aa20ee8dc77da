package io.keyspike.models.network;

import io.keyspike.kernels.StepKernels;

/**
 * Delays of single neurons' spikes, one step at a time. The spikes of the last steps are in the node's rows, the latest first.
 *
 * @param delays by neuron, in steps
 * @param rows the longest delay that is allowed
 */
@SuppressWarnings("ArrayRecordComponent") // parameters in use, never compared
record AxonDelayStage(Wiring wiring, NodeLayout own, int[] delays, int rows) implements Stage {

    static AxonDelayStage of(Node.AxonDelay node, float[] delays, Wiring wiring, NodeLayout own) {
        int[] steps = new int[delays.length];
        for (int n = 0; n < steps.length; n++) {
            steps[n] = (int) delays[n];
        }
        return new AxonDelayStage(wiring, own, steps, node.maximumDelay());
    }

    @Override
    public void step(StepKernels kernels, GraphState[] streams, NodeRoom[][] rooms, int count) {
        for (int k = 0; k < count; k++) {
            float[] arriving = Stage.real(rooms[k], wiring.source(), wiring.afterSpikes());
            NodeRoom room = rooms[k][wiring.self()];
            step(arriving, streams[k].numbers, own.at, own.padded, room);
            Stage.keep(own, room, streams[k]);
        }
    }

    private void step(float[] arriving, float[] past, int first, int padded, NodeRoom room) {
        int fired = 0;
        for (int n = 0; n < delays.length; n++) {
            float spikes = delays[n] == 0 ? arriving[n] : past[first + (delays[n] - 1) * padded + n];
            if (spikes != 0f) {
                if (room.counts.length > 0) {
                    room.counts[fired] = (int) spikes;
                }
                room.fired[fired++] = n;
            }
        }
        room.firedCount = fired;
        if (rows > 0) {
            System.arraycopy(past, first, past, first + padded, (rows - 1) * padded);
            System.arraycopy(arriving, 0, past, first, delays.length);
        }
    }
}
