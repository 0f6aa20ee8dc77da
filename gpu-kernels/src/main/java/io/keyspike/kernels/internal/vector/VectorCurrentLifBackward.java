package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.CurrentLifAdjoint;
import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarCurrentLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Scratch.Slot;
import io.keyspike.kernels.internal.threads.Workers;
import io.keyspike.kernels.internal.vector.VectorCurrentLif.Layout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Backward pass of {@link VectorCurrentLif}, laid out like it. Unchecked. */
final class VectorCurrentLifBackward {

    private static final Slot DERIVATIVE = new Slot();
    private static final Slot CARRIED = new Slot();
    private static final Slot GRADIENT = new Slot();

    private VectorCurrentLifBackward() {}

    /**
     * Working space, {@code [lanes]} each.
     *
     * @param carried gV
     * @param gradient gp
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    private record Work(float[] derivative, float[] carried, float[] gradient) {}

    static void backward(
            Workers workers,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint) {
        Layout layout = Layout.of(shape, parameters);
        int lanes = layout.lanes();
        var sums = ScalarCurrentLif.Sums.zeros(shape, parameters, adjoint);
        var work = new Work(
                Scratch.floats(DERIVATIVE, lanes), Scratch.zeros(CARRIED, lanes), Scratch.floats(GRADIENT, lanes));
        layout.forTasks(workers, (row, from, to) -> {
            int whole = from + Lanes.whole(to - from);
            for (int t = layout.steps() - 1; t >= 0; t--) {
                VectorSurrogates.derivatives(
                        adjoint.surrogate(),
                        from,
                        whole,
                        sequence.membrane(),
                        t * lanes,
                        layout.threshold(),
                        parameters.maximumSpikes(),
                        work.derivative);
                membranes(layout, t, from, whole, sequence, adjoint, work, sums.threshold());
                if (t > 0) {
                    decays(layout, t, from, whole, sequence, work.gradient, sums.decay());
                }
                if (layout.rule().normalised()) {
                    gains(layout, t, row, from, whole, input, sequence, work.gradient, sums.decay());
                }
                if (layout.synapses() == 0) {
                    System.arraycopy(work.gradient, from, adjoint.inputGradient(), t * lanes + from, whole - from);
                }
                for (int s = 0; s < layout.synapses(); s++) {
                    if (sums.synapseDecay() != null) {
                        float[] found = adjoint.inputGradient();
                        synapseDecays(
                                layout,
                                new Step(t, row, s),
                                from,
                                whole,
                                input,
                                sequence.synapse(),
                                work.gradient,
                                found,
                                sums.synapseDecay());
                    }
                    inputs(layout, new Step(t, row, s), from, whole, work.gradient, adjoint.inputGradient());
                }
            }
            ScalarCurrentLif.backward(whole, to, shape, parameters, input, sequence, adjoint, sums);
        });
        sums.addTo(shape, parameters, adjoint);
    }

    /** One synapse's part of a row in a step. */
    private record Step(int t, int row, int synapse) {

        /** Where, plus the lane, its values lie in a step's {@code [B, S·N]}. */
        int inStep(Layout layout) {
            return row * layout.terms() + inRow(layout);
        }

        /** Where, plus the lane, its values lie in {@code [S, width]}. */
        int inRow(Layout layout) {
            return synapse * layout.width() - row;
        }

        /** Where, plus the lane, its values lie in {@code [T, B, S·N]}. */
        int base(Layout layout) {
            return layout.synapseBase(t, row) + inRow(layout);
        }

        /** As above, of the steps before or after. */
        int base(Layout layout, int later) {
            return layout.synapseBase(t + later, row) + inRow(layout);
        }
    }

    private static void membranes(
            Layout layout,
            int t,
            int fromLane,
            int toLane,
            CurrentLifSequence sequence,
            CurrentLifAdjoint adjoint,
            Work work,
            float[] thresholdSums) {
        boolean subtract = layout.reset() == NeuronArithmetic.SUBTRACT;
        boolean zero = layout.reset() == NeuronArithmetic.ZERO;
        boolean attached = !adjoint.resetDetached() && (subtract || zero);
        float floor = layout.floor();
        float[] decay = layout.decay();
        float[] threshold = layout.threshold();
        float[] potential = sequence.membrane();
        float[] spikes = sequence.spikes();
        float level = layout.rule().resetLevel();
        float offset = layout.rule().stepOffset();
        float jump = level - offset;
        float[] spikeGradient = adjoint.spikeGradient();
        int base = t * layout.lanes();
        float[] given = adjoint.membraneGradient();
        float[] direct = given == null ? layout.zeros() : given;
        int directBase = given == null ? 0 : base;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, potential, base + lane);
            FloatVector k = FloatVector.fromArray(SPECIES, spikes, base + lane);
            VectorMask<Float> fired = k.compare(GT, 0f);
            FloatVector v =
                    subtract ? p.sub(k.mul(theta)) : zero ? p.add(offset).blend(level, fired) : p;
            FloatVector g = FloatVector.fromArray(SPECIES, work.carried, lane).blend(0f, v.compare(LE, floor));
            FloatVector gs = FloatVector.fromArray(SPECIES, spikeGradient, base + lane);
            if (attached) {
                gs = gs.sub((subtract ? theta : p.sub(jump)).mul(g));
            }
            FloatVector thetaSum = FloatVector.fromArray(SPECIES, thresholdSums, lane);
            if (subtract) {
                thetaSum = thetaSum.sub(g.mul(k));
            }
            if (zero) {
                g = g.blend(0f, fired);
            }
            FloatVector h = gs.mul(FloatVector.fromArray(SPECIES, work.derivative, lane));
            thetaSum.sub(h).intoArray(thresholdSums, lane);
            FloatVector gp = g.add(FloatVector.fromArray(SPECIES, direct, directBase + lane))
                    .add(h);
            gp.intoArray(work.gradient, lane);
            FloatVector.fromArray(SPECIES, decay, lane).mul(gp).intoArray(work.carried, lane);
        }
    }

    /** What a step adds to β's gradient. */
    private static void decays(
            Layout layout,
            int t,
            int fromLane,
            int toLane,
            CurrentLifSequence sequence,
            float[] gradient,
            float[] decaySums) {
        boolean subtract = layout.reset() == NeuronArithmetic.SUBTRACT;
        boolean zero = layout.reset() == NeuronArithmetic.ZERO;
        float floor = layout.floor();
        float[] threshold = layout.threshold();
        float[] potential = sequence.membrane();
        float[] spikes = sequence.spikes();
        float level = layout.rule().resetLevel();
        float offset = layout.rule().stepOffset();
        int before = (t - 1) * layout.lanes();
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector p = FloatVector.fromArray(SPECIES, potential, before + lane);
            FloatVector k = FloatVector.fromArray(SPECIES, spikes, before + lane);
            FloatVector v =
                    subtract ? p.sub(k.mul(theta)) : zero ? p.add(offset).blend(level, k.compare(GT, 0f)) : p;
            v = v.blend(floor, v.compare(LE, floor));
            FloatVector.fromArray(SPECIES, decaySums, lane)
                    .add(FloatVector.fromArray(SPECIES, gradient, lane).mul(v))
                    .intoArray(decaySums, lane);
        }
    }

    /** Of normalised input: what a step takes off β's gradient, and the gradient at I in place of that at p. */
    private static void gains(
            Layout layout,
            int t,
            int row,
            int fromLane,
            int toLane,
            float[] input,
            CurrentLifSequence sequence,
            float[] gradient,
            float[] decaySums) {
        float[] currents = layout.synapses() == 0 ? input : sequence.synapse();
        float[] decay = layout.decay();
        int width = layout.width();
        int first = layout.synapseBase(t, row) - row;
        int more = (layout.terms() - 1) * width;
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector current = FloatVector.fromArray(SPECIES, currents, first + lane);
            for (int term = width; term <= more; term += width) {
                current = current.add(FloatVector.fromArray(SPECIES, currents, first + lane + term));
            }
            FloatVector gp = FloatVector.fromArray(SPECIES, gradient, lane);
            FloatVector.fromArray(SPECIES, decaySums, lane).sub(gp.mul(current)).intoArray(decaySums, lane);
            one.sub(FloatVector.fromArray(SPECIES, decay, lane)).mul(gp).intoArray(gradient, lane);
        }
    }

    /** What a step adds to α's gradient, before {@link #inputs} writes: the input's array may be that of its gradient. */
    private static void synapseDecays(
            Layout layout,
            Step step,
            int fromLane,
            int toLane,
            float[] input,
            float[] synapse,
            float[] gradient,
            float[] inputGradient,
            float[] sums) {
        boolean last = step.t == layout.steps() - 1;
        float[] next = last ? layout.zeros() : inputGradient;
        int nextBase = last ? 0 : step.base(layout, 1);
        float[] before = step.t == 0 ? layout.zeros() : synapse;
        int beforeBase = step.t == 0 ? 0 : step.base(layout, -1);
        int base = step.base(layout);
        int sumBase = step.inStep(layout);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector gi = FloatVector.fromArray(SPECIES, gradient, lane)
                    .add(FloatVector.fromArray(SPECIES, next, nextBase + lane));
            FloatVector drive = FloatVector.fromArray(SPECIES, before, beforeBase + lane)
                    .add(FloatVector.fromArray(SPECIES, input, base + lane));
            FloatVector.fromArray(SPECIES, sums, sumBase + lane)
                    .add(gi.mul(drive))
                    .intoArray(sums, sumBase + lane);
        }
    }

    private static void inputs(
            Layout layout, Step step, int fromLane, int toLane, float[] gradient, float[] inputGradient) {
        boolean last = step.t == layout.steps() - 1;
        float[] next = last ? layout.zeros() : inputGradient;
        int nextBase = last ? 0 : step.base(layout, 1);
        float[] alpha = layout.synapseDecay();
        int base = step.base(layout);
        int inRow = step.inRow(layout);
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector.fromArray(SPECIES, gradient, lane)
                    .add(FloatVector.fromArray(SPECIES, next, nextBase + lane))
                    .mul(FloatVector.fromArray(SPECIES, alpha, inRow + lane))
                    .intoArray(inputGradient, base + lane);
        }
    }
}
