package io.keyspike.kernels.internal.vector;

import static io.keyspike.kernels.internal.vector.Lanes.LENGTH;
import static io.keyspike.kernels.internal.vector.Lanes.SPECIES;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import io.keyspike.kernels.CurrentLifParameters;
import io.keyspike.kernels.CurrentLifRule;
import io.keyspike.kernels.CurrentLifSequence;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.scalar.ScalarCurrentLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Scratch.Slot;
import io.keyspike.kernels.internal.threads.Workers;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * LIF neurons driven by synaptic currents over a sequence, a vector of lanes at a time, laid out like {@link VectorLif}; the
 * last lanes, which fill no vector, go to {@link ScalarCurrentLif}. Unchecked.
 */
final class VectorCurrentLif {

    private static final Slot SYNAPSE_DECAY = new Slot();
    private static final Slot DECAY = new Slot();
    private static final Slot THRESHOLD = new Slot();
    private static final Slot ZEROS = new Slot();
    private static final Slot MEMBRANES = new Slot();

    private VectorCurrentLif() {}

    /**
     * Where lanes lie. Of one synapse or none the synapses' lanes lie as the membranes' do, so all lanes of a step are one row;
     * of more, synapse-major, only the lanes of one element of the batch.
     *
     * @param lanes B·N
     * @param width lanes in a row
     * @param terms currents that make one membrane's: S, or 1 where the input is the current
     * @param synapses S
     * @param synapseDecay α, {@code [S, width]}
     * @param decay β by lane
     * @param threshold θ by lane
     * @param zeros {@code [lanes]}, zeros
     */
    @SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
    record Layout(
            int steps,
            int lanes,
            int width,
            int synapses,
            int terms,
            float[] synapseDecay,
            float[] decay,
            float[] threshold,
            int reset,
            float floor,
            float maximum,
            CurrentLifRule rule,
            float[] zeros) {

        static Layout of(SequenceShape shape, CurrentLifParameters parameters) {
            int neurons = shape.neurons();
            int lanes = shape.lanes();
            int synapses = parameters.synapses();
            float[] alpha = parameters.synapseDecay();
            return new Layout(
                    shape.steps(),
                    lanes,
                    synapses > 1 ? neurons : lanes,
                    synapses,
                    Math.max(1, synapses),
                    synapses == 1 ? Scratch.perLane(SYNAPSE_DECAY, alpha, neurons, lanes) : alpha,
                    Scratch.perLane(DECAY, parameters.decay(), neurons, lanes),
                    Scratch.perLane(THRESHOLD, parameters.threshold(), neurons, lanes),
                    parameters.reset().code,
                    parameters.floor(),
                    parameters.maximumSpikes(),
                    parameters.rule(),
                    Scratch.zeros(ZEROS, lanes));
        }

        /** Where the synapses' values of a step begin whose row begins at a lane: {@code [T, B, S·N]}. */
        int synapseBase(int t, int row) {
            return (t * lanes + row) * terms;
        }

        /** Lanes of a task: within a row. */
        interface Range {
            void run(int row, int fromLane, int toLane);
        }

        /** Runs a kernel over all lanes, in tasks of a part of a row. */
        void forTasks(Workers workers, Range kernel) {
            if (width == 0) {
                return;
            }
            int perRow = VectorSynapses.tasks(width, TASK_LANES);
            workers.run(lanes / width * perRow, task -> {
                int row = task / perRow * width;
                int from = task % perRow * TASK_LANES;
                kernel.run(row, row + from, row + Math.min(width, from + TASK_LANES));
            });
        }
    }

    /** A multiple of every vector length, and so few that the rows a task keeps fit the first-level cache. */
    private static final int TASK_LANES = 512;

    static void forward(
            Workers workers,
            SequenceShape shape,
            CurrentLifParameters parameters,
            float[] input,
            CurrentLifSequence sequence) {
        Layout layout = Layout.of(shape, parameters);
        float[] membranes = Scratch.zeros(MEMBRANES, layout.lanes);
        layout.forTasks(workers, (row, from, to) -> {
            int whole = from + Lanes.whole(to - from);
            for (int t = 0; t < layout.steps; t++) {
                for (int s = 0; s < layout.synapses; s++) {
                    synapses(layout, t, row, s, from, whole, input, sequence.synapse());
                }
                membranes(layout, t, row, from, whole, input, sequence, membranes);
            }
            ScalarCurrentLif.forward(whole, to, shape, parameters, input, sequence);
        });
    }

    private static void synapses(
            Layout layout, int t, int row, int s, int fromLane, int toLane, float[] input, float[] synapse) {
        float[] alpha = layout.synapseDecay;
        int inStep = s * layout.width - row;
        int base = layout.synapseBase(t, row) + inStep;
        float[] before = t == 0 ? layout.zeros : synapse;
        int baseBefore = t == 0 ? 0 : layout.synapseBase(t - 1, row) + inStep;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector.fromArray(SPECIES, before, baseBefore + lane)
                    .add(FloatVector.fromArray(SPECIES, input, base + lane))
                    .mul(FloatVector.fromArray(SPECIES, alpha, inStep + lane))
                    .intoArray(synapse, base + lane);
        }
    }

    /** @param membranes v by lane, updated */
    private static void membranes(
            Layout layout,
            int t,
            int row,
            int fromLane,
            int toLane,
            float[] input,
            CurrentLifSequence sequence,
            float[] membranes) {
        boolean subtract = layout.reset == NeuronArithmetic.SUBTRACT;
        boolean zero = layout.reset == NeuronArithmetic.ZERO;
        float[] currents = layout.synapses == 0 ? input : sequence.synapse();
        float[] potential = sequence.membrane();
        float[] spikes = sequence.spikes();
        float[] decay = layout.decay;
        float[] threshold = layout.threshold;
        float floor = layout.floor;
        float maximum = layout.maximum;
        float share = layout.rule.gainShare();
        float level = layout.rule.resetLevel();
        float offset = layout.rule.stepOffset();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int width = layout.width;
        int base = t * layout.lanes;
        int first = layout.synapseBase(t, row) - row;
        int more = (layout.terms - 1) * width;
        for (int lane = fromLane; lane < toLane; lane += LENGTH) {
            FloatVector current = FloatVector.fromArray(SPECIES, currents, first + lane);
            for (int term = width; term <= more; term += width) {
                current = current.add(FloatVector.fromArray(SPECIES, currents, first + lane + term));
            }
            FloatVector theta = FloatVector.fromArray(SPECIES, threshold, lane);
            FloatVector beta = FloatVector.fromArray(SPECIES, decay, lane);
            FloatVector p = beta.mul(FloatVector.fromArray(SPECIES, membranes, lane))
                    .add(current.mul(one.sub(beta.mul(share))));
            VectorMask<Float> fires = p.compare(GE, theta);
            FloatVector quotient = p.div(theta).min(maximum);
            FloatVector k = quotient.add(VectorCurrentSteps.WHOLE).sub(VectorCurrentSteps.WHOLE);
            k = FloatVector.zero(SPECIES).blend(k.sub(1f, k.compare(GT, quotient)), fires);
            p.intoArray(potential, base + lane);
            k.intoArray(spikes, base + lane);
            FloatVector v =
                    subtract ? p.sub(k.mul(theta)) : zero ? p.add(offset).blend(level, fires) : p;
            v.blend(floor, v.compare(LE, floor)).intoArray(membranes, lane);
        }
    }
}
