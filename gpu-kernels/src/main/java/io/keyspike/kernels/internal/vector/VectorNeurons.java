package io.keyspike.kernels.internal.vector;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.AdaptiveLifParameters;
import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LeakyParameters;
import io.keyspike.kernels.RecurrentSynapses;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.scalar.ScalarAdaptiveLif;
import io.keyspike.kernels.internal.scalar.ScalarIntegrator;
import io.keyspike.kernels.internal.scalar.ScalarLeaky;
import io.keyspike.kernels.internal.scalar.ScalarLif;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Neurons over sequences, with or without recurrent synapses, on vectors and several threads: lays the parameters out one per
 * lane, and lets the scalar kernels do those lanes of a piece that fill no vector. Unchecked.
 */
final class VectorNeurons {

    /** A multiple of every vector length, and so few that the rows a task keeps fit the first-level cache. */
    private static final int TASK_LANES = 512;

    private static final Scratch.Slot MEMBRANE_DECAY = new Scratch.Slot();
    private static final Scratch.Slot ADAPTATION_DECAY = new Scratch.Slot();
    private static final Scratch.Slot MEMBRANE_COUPLING = new Scratch.Slot();
    private static final Scratch.Slot SPIKE_COUPLING = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD = new Scratch.Slot();
    private static final Scratch.Slot ZEROS = new Scratch.Slot();
    private static final Scratch.Slot DERIVATIVE = new Scratch.Slot();
    private static final Scratch.Slot FROM_U = new Scratch.Slot();
    private static final Scratch.Slot FROM_W = new Scratch.Slot();
    private static final Scratch.Slot FROM_S = new Scratch.Slot();
    private static final Scratch.Slot MEMBRANE_DECAY_SUMS = new Scratch.Slot();
    private static final Scratch.Slot ADAPTATION_DECAY_SUMS = new Scratch.Slot();
    private static final Scratch.Slot MEMBRANE_COUPLING_SUMS = new Scratch.Slot();
    private static final Scratch.Slot SPIKE_COUPLING_SUMS = new Scratch.Slot();

    private static final Scratch.Slot SYNAPSE_DECAY = new Scratch.Slot();
    private static final Scratch.Slot FROM_M = new Scratch.Slot();
    private static final Scratch.Slot FROM_Y = new Scratch.Slot();
    private static final Scratch.Slot SYNAPSE_DECAY_SUMS = new Scratch.Slot();
    private static final Scratch.Slot THRESHOLD_SUMS = new Scratch.Slot();

    private static final Scratch.Slot STATE = new Scratch.Slot();

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

    // ---- adaptive LIF ---------------------------------------------------------------------------------------------

    static void adaptiveLif(Workers workers, ScalarAdaptiveLif.Forward run, @Nullable RecurrentSynapses recurrent) {
        SequenceShape shape = run.shape();
        ScalarAdaptiveLif.Forward perLane = run.with(perLane(run.parameters(), shape));
        float[] zeros = Scratch.zeros(ZEROS, shape.lanes());
        VectorScan.forward(workers, shape, recurrent, run.current(), run.spikes(), (from, to, fromStep, toStep) -> {
            int whole = run.parameters().symplectic() ? from : from + Lanes.whole(to - from);
            VectorAdaptiveLif.forward(perLane, zeros, from, whole, fromStep, toStep);
            ScalarAdaptiveLif.forward(run, whole, to, fromStep, toStep);
        });
    }

    /** Lanes must fill whole vectors. */
    static void adaptiveLifBits(Workers workers, AdaptiveLifBits run) {
        SequenceShape shape = run.shape();
        AdaptiveLifBits perLane = run.with(perLane(run.parameters(), shape));
        float[] zeros = Scratch.zeros(ZEROS, shape.lanes());
        forWholeVectors(workers, shape.lanes(), (from, to) -> perLane.forward(zeros, from, to));
    }

    static void adaptiveLifBackward(Workers workers, AdaptiveLifBackward run, @Nullable RecurrentSynapses recurrent) {
        SequenceShape shape = run.shape();
        int lanes = shape.lanes();
        AdaptiveLifParameters perLane = perLane(run.parameters(), shape);
        float[] zeros = Scratch.zeros(ZEROS, lanes);
        var sums = new AdaptiveLifParameters(
                Scratch.zeros(MEMBRANE_DECAY_SUMS, lanes),
                Scratch.zeros(ADAPTATION_DECAY_SUMS, lanes),
                Scratch.zeros(MEMBRANE_COUPLING_SUMS, lanes),
                Scratch.zeros(SPIKE_COUPLING_SUMS, lanes),
                zeros);
        var carry = new ScalarAdaptiveLif.Carry(
                Scratch.zeros(FROM_U, lanes), Scratch.zeros(FROM_W, lanes), Scratch.zeros(FROM_S, lanes), sums);
        // Rows that do not all fall into the same sets of a cache.
        int row = lanes + 2 * Lanes.LENGTH;
        var work = new VectorAdaptiveLif.Work(
                zeros, Scratch.floats(DERIVATIVE, VectorAdaptiveLif.STEPS * row), row, carry);
        VectorScan.backward(
                workers, shape, recurrent, run.currentGradient(), run.spikeGradient(), (from, to, fromStep, toStep) -> {
                    int whole = run.parameters().symplectic() ? from : from + Lanes.whole(to - from);
                    VectorAdaptiveLif.backward(run, perLane, work, from, whole, fromStep, toStep);
                    ScalarAdaptiveLif.backward(run, carry, whole, to, fromStep, toStep);
                });
        carry.addTo(run);
    }

    private static AdaptiveLifParameters perLane(AdaptiveLifParameters parameters, SequenceShape shape) {
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        return new AdaptiveLifParameters(
                Scratch.perLane(MEMBRANE_DECAY, parameters.membraneDecay(), neurons, lanes),
                Scratch.perLane(ADAPTATION_DECAY, parameters.adaptationDecay(), neurons, lanes),
                Scratch.perLane(MEMBRANE_COUPLING, parameters.membraneCoupling(), neurons, lanes),
                Scratch.perLane(SPIKE_COUPLING, parameters.spikeCoupling(), neurons, lanes),
                Scratch.perLane(THRESHOLD, parameters.threshold(), neurons, lanes));
    }

    // ---- snnTorch's neurons ---------------------------------------------------------------------------------------

    static void leaky(Workers workers, ScalarLeaky.Forward run, @Nullable RecurrentSynapses recurrent) {
        SequenceShape shape = run.shape();
        var factors = VectorLeaky.Factors.of(run.reset(), run.parameters().resetDelayed());
        var perLane = new ScalarLeaky.Forward(
                shape, perLane(run.parameters(), shape), run.reset(), run.current(), run.sequence());
        float[] zeros = Scratch.zeros(ZEROS, shape.lanes());
        VectorScan.forward(
                workers, shape, recurrent, run.current(), run.sequence().spikes(), (from, to, fromStep, toStep) -> {
                    int whole = from + Lanes.whole(to - from);
                    VectorLeaky.forward(perLane, factors, zeros, from, whole, fromStep, toStep);
                    ScalarLeaky.forward(run, whole, to, fromStep, toStep);
                });
    }

    static void leakyBackward(Workers workers, LeakyBackward run) {
        SequenceShape shape = run.shape();
        int lanes = shape.lanes();
        int reset = run.parameters().resetCode(run.recurrent() != null);
        var factors = VectorLeaky.Factors.of(reset, run.parameters().resetDelayed());
        var carry = new ScalarLeaky.Carry(
                Scratch.zeros(FROM_M, lanes),
                Scratch.zeros(FROM_Y, lanes),
                Scratch.zeros(SYNAPSE_DECAY_SUMS, lanes),
                Scratch.zeros(MEMBRANE_DECAY_SUMS, lanes),
                Scratch.zeros(THRESHOLD_SUMS, lanes));
        var work = new VectorLeakyBackward.Work(
                perLane(run.parameters(), shape),
                Scratch.zeros(ZEROS, lanes),
                Scratch.floats(DERIVATIVE, lanes),
                carry);
        VectorScan.backward(
                workers,
                shape,
                run.recurrent(),
                run.currentGradient(),
                run.given().spikes(),
                (from, to, fromStep, toStep) -> {
                    int whole = from + Lanes.whole(to - from);
                    VectorLeakyBackward.backward(run, factors, work, from, whole, fromStep, toStep);
                    ScalarLeaky.backward(run, reset, carry, whole, to, fromStep, toStep);
                });
        carry.addTo(shape, run.parameterGradient());
    }

    private static LeakyParameters perLane(LeakyParameters parameters, SequenceShape shape) {
        int neurons = shape.neurons();
        int lanes = shape.lanes();
        float[] synapseDecay = parameters.synapseDecay();
        return new LeakyParameters(
                synapseDecay == null ? null : Scratch.perLane(SYNAPSE_DECAY, synapseDecay, neurons, lanes),
                Scratch.perLane(MEMBRANE_DECAY, parameters.decay(), neurons, lanes),
                Scratch.perLane(THRESHOLD, parameters.threshold(), neurons, lanes),
                parameters.reset(),
                parameters.resetDelayed());
    }

    // ---- leaky integrator -----------------------------------------------------------------------------------------

    static void integrator(Workers workers, ScalarIntegrator.Forward run) {
        SequenceShape shape = run.shape();
        int lanes = shape.lanes();
        float[] decay = Scratch.perLane(MEMBRANE_DECAY, run.decay(), shape.neurons(), lanes);
        float[] y = Scratch.zeros(STATE, lanes);
        forWholeVectors(workers, lanes, (from, to) -> VectorIntegrator.forward(run, decay, y, from, to));
        ScalarIntegrator.forward(run, Lanes.whole(lanes), lanes);
    }

    static void integratorBackward(Workers workers, ScalarIntegrator.Backward run, float @Nullable [] decayGradient) {
        SequenceShape shape = run.shape();
        int lanes = shape.lanes();
        var work = new VectorIntegrator.Work(
                Scratch.perLane(MEMBRANE_DECAY, run.decay(), shape.neurons(), lanes),
                Scratch.zeros(ZEROS, lanes),
                Scratch.zeros(STATE, lanes),
                Scratch.zeros(MEMBRANE_DECAY_SUMS, lanes));
        forWholeVectors(workers, lanes, (from, to) -> VectorIntegrator.backward(run, work, from, to));
        ScalarIntegrator.backward(run, work.decaySums(), Lanes.whole(lanes), lanes);
        ScalarLif.addLanes(shape, work.decaySums(), decayGradient);
    }
}
