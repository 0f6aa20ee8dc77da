package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;

import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.Surrogate;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/**
 * LIF neurons over sequences on vectors and several threads: cuts the lanes into tasks and lays the parameters out one per
 * lane. The last lanes, which fill no vector, are copied to a strip as wide as one and run by the same kernels, or one by one
 * where they are few. Unchecked.
 */
final class VectorLifRuns {

    /**
     * Up to so many last lanes are quicker one by one: a lane alone waits for its own last step only, while a strip is copied
     * and takes as long whatever the lanes in it (measured for one sequence of 4,000 steps).
     */
    private static final int LANES_ONE_BY_ONE = 8;

    private VectorLifRuns() {}

    static void forward(
            Workers workers,
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            boolean constant,
            Membranes membranes,
            float @Nullable [] spikes,
            long @Nullable [] bits) {
        int lanes = shape.lanes();
        var run = new LifSequence(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(0, parameters.decay(), shape.neurons(), lanes),
                Scratch.perLane(1, parameters.threshold(), shape.neurons(), lanes),
                parameters.reset().code,
                parameters.membraneFloor(),
                current,
                constant ? 0 : lanes,
                membranes,
                spikes,
                bits,
                Scratch.zeros(2, lanes),
                Scratch.floats(3, lanes),
                Scratch.floats(4, lanes));
        VectorNeurons.forWholeVectors(workers, lanes, (from, to) -> VectorLif.forward(run, from, to));
        if (lanes % LENGTH > LANES_ONE_BY_ONE) {
            forwardTail(run);
        } else {
            forwardOneByOne(run);
        }
    }

    private static void forwardOneByOne(LifSequence run) {
        int wordsPerStep = SpikeBits.wordsPerStep(run.lanes());
        int from = Lanes.whole(run.lanes());
        for (int lane = from; lane < run.lanes(); lane++) {
            float beta = run.decay()[lane];
            float theta = run.threshold()[lane];
            // the first lane of a word finds there what an earlier sequence left
            boolean firstOfWord = lane % Long.SIZE == 0;
            float u = 0f;
            for (int t = 0; t < run.toStep(); t++) {
                int at = t * run.lanes() + lane;
                float p = NeuronArithmetic.lifMembrane(beta, u, run.current()[t * run.currentStride() + lane]);
                boolean fired = NeuronArithmetic.lifFires(p, theta);
                run.membranes().put(at, p, theta);
                if (run.spikes() != null) {
                    run.spikes()[at] = fired ? 1f : 0f;
                }
                if (run.bits() != null) {
                    int word = t * wordsPerStep + lane / Long.SIZE;
                    long before = firstOfWord ? 0 : run.bits()[word];
                    run.bits()[word] = fired ? before | 1L << lane : before;
                }
                u = NeuronArithmetic.lifAfter(run.reset(), p, theta, run.floor());
            }
        }
    }

    private static void forwardTail(LifSequence run) {
        int from = Lanes.whole(run.lanes());
        int count = run.lanes() - from;
        int size = run.toStep() * LENGTH;
        float[] current = strip(5, run.toStep(), run.current(), run.currentStride(), from, count);
        float[] membranes = Scratch.floats(6, size);
        float[] spikes = Scratch.floats(7, size);
        VectorLif.forward(
                new LifSequence(
                        0,
                        run.toStep(),
                        LENGTH,
                        strip(8, 1, run.decay(), 0, from, count),
                        strip(9, 1, run.threshold(), 0, from, count),
                        run.reset(),
                        run.floor(),
                        current,
                        LENGTH,
                        Membranes.around(membranes),
                        spikes,
                        null,
                        Scratch.zeros(10, LENGTH),
                        run.row(),
                        run.back()),
                0,
                LENGTH);
        int wordsPerStep = SpikeBits.wordsPerStep(run.lanes());
        for (int t = 0; t < run.toStep(); t++) {
            long word = 0;
            for (int l = 0; l < count; l++) {
                float s = spikes[t * LENGTH + l];
                run.membranes().put(t * run.lanes() + from + l, membranes[t * LENGTH + l], run.threshold()[from + l]);
                if (run.spikes() != null) {
                    run.spikes()[t * run.lanes() + from + l] = s;
                }
                word |= s != 0 ? 1L << (from + l) : 0;
            }
            if (run.bits() != null) {
                // a tail that begins with a bit's word is the first to write it
                int at = t * wordsPerStep + from / Long.SIZE;
                run.bits()[at] = from % Long.SIZE == 0 ? word : run.bits()[at] | word;
            }
        }
    }

    static void backward(
            Workers workers,
            SequenceShape shape,
            LifParameters parameters,
            Surrogate surrogate,
            boolean resetDetached,
            Membranes membranes,
            float[] spikeGradient,
            boolean spikeGradientConstant,
            float @Nullable [] membraneGradient,
            float @Nullable [] membraneAfterGradient,
            float[] currentGradient,
            boolean summed,
            float @Nullable [] decayGradient,
            float @Nullable [] thresholdGradient) {
        int lanes = shape.lanes();
        var run = new LifAdjoint(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(0, parameters.decay(), shape.neurons(), lanes),
                Scratch.perLane(1, parameters.threshold(), shape.neurons(), lanes),
                parameters.reset().code,
                parameters.membraneFloor(),
                surrogate.kind().code,
                surrogate.slope(),
                resetDetached,
                membranes,
                spikeGradient,
                spikeGradientConstant ? 0 : lanes,
                membraneGradient,
                membraneAfterGradient,
                currentGradient,
                summed,
                Scratch.zeros(2, Math.max(lanes, LENGTH)), // the tail's strip reads a whole vector of it
                Scratch.floats(3, lanes),
                Scratch.zeros(4, lanes),
                decayGradient == null ? null : Scratch.zeros(5, lanes),
                Scratch.zeros(6, lanes),
                Scratch.floats(7, lanes),
                Scratch.floats(8, lanes),
                Scratch.floats(9, lanes));
        VectorNeurons.forWholeVectors(workers, lanes, (from, to) -> VectorLifBackward.backward(run, from, to));
        if (lanes % LENGTH != 0) {
            backwardTail(run);
        }
        if (run.decaySums() != null) {
            ScalarLif.addLanes(lanes, shape.neurons(), run.decaySums(), decayGradient);
        }
        ScalarLif.addLanes(lanes, shape.neurons(), run.thresholdSums(), thresholdGradient);
    }

    private static void backwardTail(LifAdjoint run) {
        int from = Lanes.whole(run.lanes());
        int count = run.lanes() - from;
        int steps = run.toStep();
        float[] membranes = Scratch.floats(10, steps * LENGTH);
        for (int t = 0; t < steps; t++) {
            for (int l = 0; l < LENGTH; l++) {
                membranes[t * LENGTH + l] = l < count ? run.membranes().get(t * run.lanes() + from + l) : 0f;
            }
        }
        float[] direct = run.membraneGradient();
        float[] after = run.membraneAfterGradient();
        float[] gradient = Scratch.floats(14, (run.summed() ? 1 : steps) * LENGTH);
        float[] decaySums = run.decaySums() == null ? null : Scratch.zeros(17, LENGTH);
        float[] thresholdSums = Scratch.zeros(18, LENGTH);
        VectorLifBackward.backward(
                new LifAdjoint(
                        0,
                        steps,
                        LENGTH,
                        strip(19, 1, run.decay(), 0, from, count),
                        strip(20, 1, run.threshold(), 0, from, count),
                        run.reset(),
                        run.floor(),
                        run.surrogate(),
                        run.slope(),
                        run.resetDetached(),
                        Membranes.around(membranes),
                        strip(11, steps, run.spikeGradient(), run.spikeGradientStride(), from, count),
                        LENGTH,
                        direct == null ? null : strip(12, steps, direct, run.lanes(), from, count),
                        after == null ? null : strip(13, steps, after, run.lanes(), from, count),
                        gradient,
                        run.summed(),
                        run.zeros(),
                        Scratch.floats(16, LENGTH),
                        Scratch.zeros(21, LENGTH),
                        decaySums,
                        thresholdSums,
                        Scratch.floats(22, LENGTH),
                        Scratch.floats(23, LENGTH),
                        Scratch.floats(24, LENGTH)),
                0,
                LENGTH);
        for (int t = 0; t < (run.summed() ? 1 : steps); t++) {
            System.arraycopy(gradient, t * LENGTH, run.currentGradient(), t * run.lanes() + from, count);
        }
        if (run.decaySums() != null && decaySums != null) {
            System.arraycopy(decaySums, 0, run.decaySums(), from, count);
        }
        System.arraycopy(thresholdSums, 0, run.thresholdSums(), from, count);
    }

    /** Columns {@code [from, from + count)} of rows that lie {@code stride} apart, filled up with zeros to a vector. */
    private static float[] strip(int slot, int rows, float[] values, int stride, int from, int count) {
        float[] strip = Scratch.zeros(slot, rows * LENGTH);
        for (int t = 0; t < rows; t++) {
            for (int l = 0; l < count; l++) {
                strip[t * LENGTH + l] = values[t * stride + from + l];
            }
        }
        return strip;
    }
}
