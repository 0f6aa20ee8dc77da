package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.SolveCounts;
import io.keyspike.kernels.internal.arithmetic.NeuronArithmetic;
import io.keyspike.kernels.internal.threads.Scratch;
import io.keyspike.kernels.internal.threads.Workers;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * LIF over a whole sequence by convolution with the decay kernel and repeated correction of the spikes, the form that
 * comPaSSo's tutorial describes, made exact.
 *
 * <p>With r[t] = p[t] − u[t], what reset and floor took at step t, the membrane before the reset is a convolution,
 *
 * <pre>
 * p[t] = Σ_k β^(t−k)·x[k],   x[k] = I[k] − β·r[k−1]
 * </pre>
 *
 * The first guess has r = 0. Each refinement takes r from the membranes of the one before, θ per spike for a reset by
 * subtraction, p itself for a reset to zero, plus what the floor lifted, and convolves again, until no r changes. The sum is
 * taken in chunks of {@link #CHUNK} steps, the kernel beyond a chunk by the membrane at its start times a power of β, which is
 * the same sum in another order.
 *
 * <p>Each p depends on earlier r only, so a refinement corrects at least the next reset, and few more where many neurons
 * fire. Therefore a window of {@link #WINDOW} steps is refined until it no longer changes before the next one is begun: no
 * window needs more refinements than it has steps, and what comes after a wrong reset is not convolved needlessly.
 *
 * <p><b>Exactness.</b> The convolution rounds differently from the recurrence, so a membrane near the threshold may fall on
 * the other side, and a bound on the rounding cannot decide for a membrane within it. Therefore the result is only a guess for
 * {@link BlockSolver}, of the membrane before each block: that reruns the steps with the scan's arithmetic until every block
 * starts, bit for bit, where the one before ended, which makes spikes and membranes the scan's. What it changed is counted:
 * the spikes that the convolution had wrong, and the largest difference of the membranes.
 */
final class ConvolutionSolver {

    /** Steps convolved at once. */
    private static final int CHUNK = 16;

    /** Steps refined together, whole chunks. */
    static final int WINDOW = 128;

    private static final int TASK_LANES = 64;

    private static final Scratch.Slot MEMBRANE = new Scratch.Slot();
    private static final Scratch.Slot TAKEN = new Scratch.Slot();
    private static final Scratch.Slot GUESSES = new Scratch.Slot();
    private static final Scratch.Slot POWERS = new Scratch.Slot();
    private static final Scratch.Slot INPUT = new Scratch.Slot();

    private final Workers workers;
    private final BlockSolver blocks;

    ConvolutionSolver(Workers workers, BlockSolver blocks) {
        this.workers = workers;
        this.blocks = blocks;
    }

    /** Writes what {@link KernelBackend#lif} writes. */
    SolveCounts solve(
            SequenceShape shape, LifParameters parameters, float[] current, float[] membrane, float[] spikes) {
        int lanes = shape.lanes();
        float[] convolved = Scratch.floats(MEMBRANE, shape.size());
        float[] taken = Scratch.zeros(TAKEN, shape.size());
        var most = new LongAccumulator(Math::max, 0);
        workers.run((lanes + TASK_LANES - 1) / TASK_LANES, task -> {
            int from = task * TASK_LANES;
            int to = Math.min(lanes, from + TASK_LANES);
            most.accumulate(new Refinement(shape, parameters, from, to, current, convolved, taken).run());
        });
        long refinements = most.get();
        float[] guesses = guesses(shape, convolved, taken);
        BlockSolver.Effort effort = blocks.solve(shape, parameters, current, guesses, membrane, spikes);
        return new SolveCounts(
                0,
                0,
                1,
                effort.sweeps(),
                effort.sweeps(),
                refinements,
                refinements,
                effort.finishedByScan() ? 1 : 0,
                effort.stepsRun(),
                shape.size(),
                spikesCorrected(shape, parameters, convolved, spikes),
                largestDifference(shape, convolved, membrane));
    }

    /** u before each block but the first, {@code [blocks − 1, lanes]}. */
    private static float[] guesses(SequenceShape shape, float[] convolved, float[] taken) {
        int lanes = shape.lanes();
        int block = BlockSolver.blockSteps(shape);
        int count = BlockSolver.blocks(shape) - 1;
        float[] guesses = Scratch.floats(GUESSES, Math.max(0, count) * lanes);
        for (int k = 0; k < count; k++) {
            int before = ((k + 1) * block - 1) * lanes;
            for (int lane = 0; lane < lanes; lane++) {
                guesses[k * lanes + lane] = convolved[before + lane] - taken[before + lane];
            }
        }
        return guesses;
    }

    private static long spikesCorrected(
            SequenceShape shape, LifParameters parameters, float[] convolved, float[] spikes) {
        long wrong = 0;
        for (int at = 0; at < shape.size(); at++) {
            float theta = parameters.threshold()[at % shape.neurons()];
            if (NeuronArithmetic.lifFires(convolved[at], theta) != spikes[at] > 0f) {
                wrong++;
            }
        }
        return wrong;
    }

    private static float largestDifference(SequenceShape shape, float[] a, float[] b) {
        float largest = 0f;
        for (int i = 0; i < shape.size(); i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** Some lanes until no reset of theirs changes. The inner loops run over lanes, and the compiler makes vectors of them. */
    private static final class Refinement {

        private final SequenceShape shape;
        private final LifParameters parameters;
        private final int from;
        private final int width;
        private final float[] current;
        private final float[] membrane;
        private final float[] taken;
        private final float[] powers;
        private final float[] input;

        Refinement(
                SequenceShape shape,
                LifParameters parameters,
                int from,
                int to,
                float[] current,
                float[] membrane,
                float[] taken) {
            this.shape = shape;
            this.parameters = parameters;
            this.from = from;
            this.width = to - from;
            this.current = current;
            this.membrane = membrane;
            this.taken = taken;
            this.powers = Scratch.floats(POWERS, (CHUNK + 1) * TASK_LANES);
            this.input = Scratch.floats(INPUT, CHUNK * TASK_LANES);
        }

        /** The most refinements that a window took. */
        int run() {
            for (int i = 0; i < width; i++) {
                double power = 1;
                for (int k = 0; k <= CHUNK; k++) {
                    powers[k * TASK_LANES + i] = (float) power;
                    power *= beta(i);
                }
            }
            int most = 0;
            for (int start = 0; start < shape.steps(); start += WINDOW) {
                int end = Math.min(shape.steps(), start + WINDOW);
                int refinements = 0;
                int changed = start;
                do {
                    convolve(changed / CHUNK * CHUNK, end);
                    changed = correct(changed, end);
                    refinements++;
                } while (changed < end);
                most = Math.max(most, refinements);
            }
            return most;
        }

        private float beta(int i) {
            return parameters.decay()[(from + i) % shape.neurons()];
        }

        /** Membranes from a chunk's first step on, out of the currents and what resets took. */
        private void convolve(int firstStep, int end) {
            int lanes = shape.lanes();
            for (int start = firstStep; start < end; start += CHUNK) {
                int steps = Math.min(CHUNK, end - start);
                for (int k = 0; k < steps; k++) {
                    int at = (start + k) * lanes + from;
                    int before = at - lanes;
                    int row = k * TASK_LANES;
                    for (int i = 0; i < width; i++) {
                        float took = start + k == 0 ? 0f : taken[before + i];
                        input[row + i] = current[at + i] - powers[TASK_LANES + i] * took;
                    }
                }
                for (int t = 0; t < steps; t++) {
                    int at = (start + t) * lanes + from;
                    carryIn(start, t, at);
                    for (int k = 0; k <= t; k++) {
                        addTerm(at, (t - k) * TASK_LANES, k * TASK_LANES);
                    }
                }
            }
        }

        /** The kernel's part beyond the chunk: the membrane before it, decayed. */
        private void carryIn(int start, int t, int at) {
            if (start == 0) {
                Arrays.fill(membrane, at, at + width, 0f);
                return;
            }
            int before = (start - 1) * shape.lanes() + from;
            int power = (t + 1) * TASK_LANES;
            for (int i = 0; i < width; i++) {
                membrane[at + i] = powers[power + i] * membrane[before + i];
            }
        }

        private void addTerm(int at, int power, int row) {
            for (int i = 0; i < width; i++) {
                membrane[at + i] += powers[power + i] * input[row + i];
            }
        }

        /**
         * What reset and floor take of the membranes as they are now.
         *
         * @param firstStep the first that may differ
         * @return the first that does, or the end
         */
        private int correct(int firstStep, int end) {
            int firstChanged = end;
            int reset = parameters.reset().code;
            float floor = parameters.membraneFloor();
            for (int t = firstStep; t < end; t++) {
                int row = t * shape.lanes() + from;
                for (int i = 0; i < width; i++) {
                    float p = membrane[row + i];
                    float theta = parameters.threshold()[(from + i) % shape.neurons()];
                    float took = took(reset, p, theta, floor);
                    if (Float.floatToIntBits(took) != Float.floatToIntBits(taken[row + i])) { // NaN equals NaN
                        taken[row + i] = took;
                        firstChanged = Math.min(firstChanged, t);
                    }
                }
            }
            return firstChanged;
        }

        private static float took(int reset, float p, float theta, float floor) {
            float u = NeuronArithmetic.lifAfter(reset, p, theta, floor);
            boolean plain = reset == NeuronArithmetic.SUBTRACT && NeuronArithmetic.lifFires(p, theta) && u > floor;
            return plain ? theta : p - u; // θ itself, so that a spike's effect does not change with rounding
        }
    }
}
