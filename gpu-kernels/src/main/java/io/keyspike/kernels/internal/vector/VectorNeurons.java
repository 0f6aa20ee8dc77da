package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;
import io.keyspike.kernels.internal.scalar.ScalarBackend;
import io.keyspike.kernels.internal.scalar.ScalarLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Neurons over sequences on vectors and several threads: cuts the lanes into tasks, lays the parameters out one per lane, and
 * lets the scalar kernels do the last lanes, which fill no vector. Unchecked.
 */
final class VectorNeurons {

    /** A multiple of every vector length, and so few that the rows a task keeps fit the first-level cache. */
    private static final int TASK_LANES = 512;

    private VectorNeurons() {}

    interface Range {
        void run(int fromLane, int toLane);
    }

    /** Runs a kernel over all whole vectors of the lanes, in tasks. */
    static void forWholeVectors(Workers workers, int lanes, Range kernel) {
        int whole = Lanes.whole(lanes);
        workers.run(
                VectorSynapses.tasks(whole, TASK_LANES),
                task -> kernel.run(task * TASK_LANES, Math.min(whole, (task + 1) * TASK_LANES)));
    }

    static void adaptiveLif(
            Workers workers,
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            float[] current,
            float[] membrane,
            float[] adaptation,
            float[] spikes) {
        int steps = shape.steps();
        int lanes = shape.lanes();
        AdaptiveLifParameters perLane = perLane(parameters, shape);
        float[] zeros = Scratch.zeros(5, lanes);
        forWholeVectors(
                workers,
                lanes,
                (from, to) -> VectorAdaptiveLif.forward(
                        from, to, 0, steps, lanes, perLane, current, membrane, adaptation, spikes, zeros));
        ScalarAdaptiveLif.forward(
                Lanes.whole(lanes),
                lanes,
                0,
                steps,
                lanes,
                shape.neurons(),
                parameters.membraneDecay(),
                parameters.adaptationDecay(),
                parameters.membraneCoupling(),
                parameters.spikeCoupling(),
                parameters.threshold(),
                current,
                membrane,
                adaptation,
                spikes);
    }

    static void adaptiveLifBackward(
            Workers workers,
            SequenceShape shape,
            AdaptiveLifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            float[] membrane,
            float[] adaptation,
            float[] spikeGradient,
            float[] currentGradient,
            @Nullable AdaptiveLifParameters parameterGradient) {
        int steps = shape.steps();
        int lanes = shape.lanes();
        int kind = surrogate.kind().code;
        float slope = surrogate.slope();
        AdaptiveLifParameters perLane = perLane(parameters, shape);
        float[] zeros = Scratch.zeros(5, lanes);
        float[] derivative = Scratch.floats(6, lanes);
        float[] fromU = Scratch.zeros(7, lanes);
        float[] fromW = Scratch.zeros(8, lanes);
        float[] fromS = Scratch.zeros(9, lanes);
        AdaptiveLifParameters sums = new AdaptiveLifParameters(
                Scratch.zeros(10, lanes),
                Scratch.zeros(11, lanes),
                Scratch.zeros(12, lanes),
                Scratch.zeros(13, lanes),
                zeros);
        forWholeVectors(
                workers,
                lanes,
                (from, to) -> VectorAdaptiveLif.backward(
                        from,
                        to,
                        0,
                        steps,
                        lanes,
                        perLane,
                        kind,
                        slope,
                        resetDetached,
                        membrane,
                        adaptation,
                        spikeGradient,
                        currentGradient,
                        zeros,
                        derivative,
                        fromU,
                        fromW,
                        fromS,
                        sums));
        ScalarAdaptiveLif.backward(
                Lanes.whole(lanes),
                lanes,
                0,
                steps,
                lanes,
                shape.neurons(),
                parameters.membraneDecay(),
                parameters.adaptationDecay(),
                parameters.membraneCoupling(),
                parameters.spikeCoupling(),
                parameters.threshold(),
                kind,
                slope,
                resetDetached,
                membrane,
                adaptation,
                spikeGradient,
                currentGradient,
                fromU,
                fromW,
                fromS,
                sums.membraneDecay(),
                sums.adaptationDecay(),
                sums.membraneCoupling(),
                sums.spikeCoupling());
        if (parameterGradient != null) {
            ScalarBackend.addLanes(shape, sums, parameterGradient);
        }
    }

    static void leakyIntegrator(Workers workers, SequenceShape shape, float[] decay, float[] current, float[] output) {
        int steps = shape.steps();
        int lanes = shape.lanes();
        float[] perLane = Scratch.perLane(0, decay, shape.neurons(), lanes);
        float[] y = Scratch.zeros(1, lanes);
        forWholeVectors(
                workers,
                lanes,
                (from, to) -> VectorIntegrator.forward(from, to, steps, lanes, perLane, current, output, y));
        ScalarLif.integrator(Lanes.whole(lanes), lanes, steps, lanes, shape.neurons(), decay, current, output);
    }

    static void leakyIntegratorBackward(
            Workers workers,
            SequenceShape shape,
            float[] decay,
            float[] output,
            float[] current,
            float[] outputGradient,
            float[] currentGradient,
            float @Nullable [] decayGradient) {
        int steps = shape.steps();
        int lanes = shape.lanes();
        float[] perLane = Scratch.perLane(0, decay, shape.neurons(), lanes);
        float[] zeros = Scratch.zeros(1, lanes);
        float[] carried = Scratch.zeros(2, lanes);
        float[] sums = Scratch.zeros(3, lanes);
        forWholeVectors(
                workers,
                lanes,
                (from, to) -> VectorIntegrator.backward(
                        from,
                        to,
                        steps,
                        lanes,
                        perLane,
                        output,
                        current,
                        outputGradient,
                        currentGradient,
                        zeros,
                        carried,
                        sums));
        ScalarLif.integratorBackward(
                Lanes.whole(lanes),
                lanes,
                steps,
                lanes,
                shape.neurons(),
                decay,
                output,
                current,
                outputGradient,
                currentGradient,
                sums);
        ScalarLif.addLanes(lanes, shape.neurons(), sums, decayGradient);
    }

    /** Takes slots 0 to 4. */
    static AdaptiveLifParameters perLane(AdaptiveLifParameters parameters, SequenceShape shape) {
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        return new AdaptiveLifParameters(
                Scratch.perLane(0, parameters.membraneDecay(), neurons, lanes),
                Scratch.perLane(1, parameters.adaptationDecay(), neurons, lanes),
                Scratch.perLane(2, parameters.membraneCoupling(), neurons, lanes),
                Scratch.perLane(3, parameters.spikeCoupling(), neurons, lanes),
                Scratch.perLane(4, parameters.threshold(), neurons, lanes));
    }
}
