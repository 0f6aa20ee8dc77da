package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;

import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.LifTraining;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SpikeBits;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;

/**
 * LIF neurons over sequences on vectors and several threads: cuts the lanes into tasks and lays the parameters out one per
 * lane. The last lanes, which fill no vector, are copied to a strip as wide as one and run by the same kernels, or one by one
 * where they are few. Unchecked.
 */
final class VectorLifRuns {

    /**
     * Up to this many last lanes are quicker one by one: a lane alone waits for its own last step only, while a strip is copied
     * and takes as long whatever the lanes in it (measured for one sequence of 4,000 steps).
     */
    private static final int LANES_ONE_BY_ONE = 8;

    private static final Scratch.Slot DECAY = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD = new Scratch.Slot();
    private static final Scratch.Slot STATE = new Scratch.Slot();
    private static final Scratch.Slot ROW = new Scratch.Slot();
    private static final Scratch.Slot BACK = new Scratch.Slot();
    private static final Scratch.Slot ZEROS = new Scratch.Slot();
    private static final Scratch.Slot DERIVATIVE = new Scratch.Slot();
    private static final Scratch.Slot CARRIED = new Scratch.Slot();
    private static final Scratch.Slot DECAY_SUMS = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD_SUMS = new Scratch.Slot();
    private static final Scratch.Slot ROW_BEFORE = new Scratch.Slot();
    private static final Scratch.Slot GRADIENT_ROW = new Scratch.Slot();
    private static final Scratch.Slot CURRENT_STRIP = new Scratch.Slot();
    private static final Scratch.Slot MEMBRANE_STRIP = new Scratch.Slot();
    private static final Scratch.Slot SPIKE_STRIP = new Scratch.Slot();
    private static final Scratch.Slot DECAY_STRIP = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD_STRIP = new Scratch.Slot();
    private static final Scratch.Slot STATE_STRIP = new Scratch.Slot();
    private static final Scratch.Slot GRADIENT_STRIP = new Scratch.Slot();
    private static final Scratch.Slot DECAY_SUM_STRIP = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD_SUM_STRIP = new Scratch.Slot();
    private static final Scratch.Slot DIRECT_STRIP = new Scratch.Slot();
    private static final Scratch.Slot AFTER_STRIP = new Scratch.Slot();
    private static final Scratch.Slot DERIVATIVE_STRIP = new Scratch.Slot();
    private static final Scratch.Slot ROW_STRIP = new Scratch.Slot();
    private static final Scratch.Slot ROW_BEFORE_STRIP = new Scratch.Slot();
    private static final Scratch.Slot GRADIENT_ROW_STRIP = new Scratch.Slot();

    private VectorLifRuns() {}

    static void forward(Workers workers, LifTraining training) {
        SequenceShape shape = training.shape();
        LifParameters parameters = training.parameters();
        int lanes = shape.lanes();
        var run = new LifSequence(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(DECAY, parameters.decay(), shape.neurons(), lanes),
                Scratch.perLane(THRESHOLD, parameters.threshold(), shape.neurons(), lanes),
                parameters.reset().code,
                parameters.membraneFloor(),
                training.current(),
                training.constant() ? 0 : lanes,
                training.membranes(),
                training.spikes(),
                training.bits(),
                Scratch.zeros(STATE, lanes),
                Scratch.floats(ROW, lanes),
                Scratch.floats(BACK, lanes));
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
        float[] current = strip(CURRENT_STRIP, run.toStep(), run.current(), run.currentStride(), from, count);
        float[] membranes = Scratch.floats(MEMBRANE_STRIP, size);
        float[] spikes = Scratch.floats(SPIKE_STRIP, size);
        VectorLif.forward(
                new LifSequence(
                        0,
                        run.toStep(),
                        LENGTH,
                        strip(DECAY_STRIP, 1, run.decay(), 0, from, count),
                        strip(THRESHOLD_STRIP, 1, run.threshold(), 0, from, count),
                        run.reset(),
                        run.floor(),
                        current,
                        LENGTH,
                        Membranes.around(membranes),
                        spikes,
                        null,
                        Scratch.zeros(STATE_STRIP, LENGTH),
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

    static void backward(Workers workers, LifBackward call) {
        SequenceShape shape = call.shape();
        LifParameters parameters = call.parameters();
        LifBackward.Given given = call.given();
        LifBackward.Wanted wanted = call.wanted();
        int lanes = shape.lanes();
        var run = new LifAdjoint(
                0,
                shape.steps(),
                lanes,
                Scratch.perLane(DECAY, parameters.decay(), shape.neurons(), lanes),
                Scratch.perLane(THRESHOLD, parameters.threshold(), shape.neurons(), lanes),
                parameters.reset().code,
                parameters.membraneFloor(),
                call.surrogate(),
                call.resetDetached(),
                call.membranes(),
                given.spikes(),
                given.constant() ? 0 : lanes,
                given.membrane(),
                given.membraneAfter(),
                wanted.current(),
                wanted.summed(),
                Scratch.zeros(ZEROS, Math.max(lanes, LENGTH)), // the tail's strip reads a whole vector of it
                Scratch.floats(DERIVATIVE, VectorLif.STEPS * VectorLifBackward.derivativeRow(lanes)),
                Scratch.zeros(CARRIED, lanes),
                wanted.decay() == null ? null : Scratch.zeros(DECAY_SUMS, lanes),
                Scratch.zeros(THRESHOLD_SUMS, lanes),
                Scratch.floats(ROW, lanes),
                Scratch.floats(ROW_BEFORE, lanes),
                Scratch.floats(GRADIENT_ROW, lanes));
        VectorNeurons.forWholeVectors(workers, lanes, (from, to) -> VectorLifBackward.backward(run, from, to));
        if (lanes % LENGTH != 0) {
            backwardTail(run);
        }
        if (run.decaySums() != null) {
            ScalarLif.addLanes(shape, run.decaySums(), wanted.decay());
        }
        ScalarLif.addLanes(shape, run.thresholdSums(), wanted.threshold());
    }

    private static void backwardTail(LifAdjoint run) {
        int from = Lanes.whole(run.lanes());
        int count = run.lanes() - from;
        int steps = run.toStep();
        float[] membranes = Scratch.floats(MEMBRANE_STRIP, steps * LENGTH);
        for (int t = 0; t < steps; t++) {
            for (int l = 0; l < LENGTH; l++) {
                membranes[t * LENGTH + l] = l < count ? run.membranes().get(t * run.lanes() + from + l) : 0f;
            }
        }
        float[] direct = run.membraneGradient();
        float[] after = run.membraneAfterGradient();
        float[] gradient = Scratch.floats(GRADIENT_STRIP, (run.summed() ? 1 : steps) * LENGTH);
        float[] decaySums = run.decaySums() == null ? null : Scratch.zeros(DECAY_SUM_STRIP, LENGTH);
        float[] thresholdSums = Scratch.zeros(THRESHOLD_SUM_STRIP, LENGTH);
        VectorLifBackward.backward(
                new LifAdjoint(
                        0,
                        steps,
                        LENGTH,
                        strip(DECAY_STRIP, 1, run.decay(), 0, from, count),
                        strip(THRESHOLD_STRIP, 1, run.threshold(), 0, from, count),
                        run.reset(),
                        run.floor(),
                        run.surrogate(),
                        run.resetDetached(),
                        Membranes.around(membranes),
                        strip(SPIKE_STRIP, steps, run.spikeGradient(), run.spikeGradientStride(), from, count),
                        LENGTH,
                        direct == null ? null : strip(DIRECT_STRIP, steps, direct, run.lanes(), from, count),
                        after == null ? null : strip(AFTER_STRIP, steps, after, run.lanes(), from, count),
                        gradient,
                        run.summed(),
                        run.zeros(),
                        Scratch.floats(DERIVATIVE_STRIP, VectorLif.STEPS * VectorLifBackward.derivativeRow(LENGTH)),
                        Scratch.zeros(STATE_STRIP, LENGTH),
                        decaySums,
                        thresholdSums,
                        Scratch.floats(ROW_STRIP, LENGTH),
                        Scratch.floats(ROW_BEFORE_STRIP, LENGTH),
                        Scratch.floats(GRADIENT_ROW_STRIP, LENGTH)),
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
    private static float[] strip(Scratch.Slot slot, int rows, float[] values, int stride, int from, int count) {
        float[] strip = Scratch.zeros(slot, rows * LENGTH);
        for (int t = 0; t < rows; t++) {
            for (int l = 0; l < count; l++) {
                strip[t * LENGTH + l] = values[t * stride + from + l];
            }
        }
        return strip;
    }
}
