package io.keyspike.kernels.internal.solver;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.internal.threads.Workers;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * LIF over a whole sequence as a fixed point over the bounds of blocks. T is cut into blocks. In the first sweep each block
 * runs from a guessed start (block 0 from zero, which is no guess); in each further sweep those run again whose start is not,
 * bit for bit, the end of the block before. When none is left, the steps of all blocks together are the scan's own, each made
 * of the scan's arithmetic from the scan's state: spikes and membranes have its bits.
 *
 * <p>Why it ends: after sweep m the first m blocks are right, so there are at most as many sweeps as blocks. In practice a
 * leak, a floor or a reset to zero forgets the start after some steps, and few sweeps do. Neurons that forget nothing (no
 * leak, reset by subtraction) would run nearly everything in every sweep; therefore after {@link #MOST_SWEEPS} the scan goes
 * on from the first block that is not right yet, and that is counted.
 *
 * <p>Lanes are independent, so a block is run in strips of a few lanes ({@link LifStrips}), and only strips with a changed
 * start run again. How T is cut depends on the shape alone, never on the threads; nor does the number of sweeps, which is that
 * of the lane that needs most.
 */
final class BlockSolver {

    /** Lanes that all blocks should have together: fewer leave vectors waiting and threads idle. */
    private static final int WANTED_LANES = 256;

    /** Shorter blocks are run again too often, since their starts have not been forgotten at their ends. */
    private static final int SHORTEST_BLOCK = 64;

    private static final int FEWEST_BLOCKS = 4;

    private static final int MOST_BLOCKS = 32;

    private static final int MOST_SWEEPS = 12;

    private static final ThreadLocal<Workspace> LOCAL = ThreadLocal.withInitial(Workspace::new);

    private final Workers workers;
    private final LifStrips wide;
    private final LifStrips narrow;

    /**
     * @param wide for the lanes that make whole strips of its width
     * @param narrow for the lanes left over; its width is 1
     */
    BlockSolver(Workers workers, LifStrips wide, LifStrips narrow) {
        this.workers = workers;
        this.wide = wide;
        this.narrow = narrow;
    }

    /** What a solve took. */
    record Effort(int sweeps, long stepsRun, boolean finishedByScan) {}

    /** Steps of a block of such a sequence, at least 1; the last one may be shorter. */
    static int blockSteps(SequenceShape shape) {
        int lanes = Math.max(1, shape.lanes());
        int wanted = Math.clamp((WANTED_LANES + lanes - 1) / lanes, FEWEST_BLOCKS, MOST_BLOCKS);
        int shortest = Math.min(SHORTEST_BLOCK, shape.steps());
        return Math.max(1, Math.max(shortest, (shape.steps() + wanted - 1) / wanted));
    }

    /** Blocks that a sequence of such a shape is cut into. */
    static int blocks(SequenceShape shape) {
        int block = blockSteps(shape);
        return (shape.steps() + block - 1) / block;
    }

    /**
     * @param guesses membranes before the first step of blocks 1, 2, …, {@code [blocks − 1, lanes]}; null for zeros
     * @param membrane as {@link KernelBackend#lif}'s, written
     * @param spikes as {@link KernelBackend#lif}'s, written
     */
    Effort solve(
            SequenceShape shape,
            LifParameters parameters,
            float[] current,
            float @Nullable [] guesses,
            float[] membrane,
            float[] spikes) {
        int whole = shape.lanes() - shape.lanes() % wide.width();
        var sequence = new LifStrips.Sequence(
                shape.lanes(), parameters.reset().code, parameters.membraneFloor(), current, membrane, spikes);
        Effort most = solve(new Run(shape, parameters, sequence, wide, 0, whole), guesses);
        Effort rest = solve(new Run(shape, parameters, sequence, narrow, whole, shape.lanes()), guesses);
        return new Effort(
                Math.max(most.sweeps, rest.sweeps),
                most.stepsRun + rest.stepsRun,
                most.finishedByScan || rest.finishedByScan);
    }

    private static Effort solve(Run run, float @Nullable [] guesses) {
        run.guess(guesses);
        int active = run.strips * run.blocks;
        int sweeps = 0;
        while (active > 0) {
            if (sweeps == MOST_SWEEPS) {
                run.finish(run.work.active[0] / run.strips); // the active strips ascend
                return new Effort(sweeps, run.stepsRun.sum(), true);
            }
            run.sweep(active, sweeps > 0);
            sweeps++;
            active = run.changedStarts(active);
        }
        return new Effort(sweeps, run.stepsRun.sum(), false);
    }

    /** Some lanes of a sequence being solved. */
    private final class Run {

        private final SequenceShape shape;
        private final LifParameters parameters;
        private final LifStrips.Sequence sequence;
        private final LifStrips kernel;
        private final int fromLane;
        private final int lanes;
        private final int width;
        private final int block;
        private final int blocks;

        /** Strips of a block. */
        private final int strips;

        private final Workspace work;
        private final LongAdder stepsRun = new LongAdder();

        Run(
                SequenceShape shape,
                LifParameters parameters,
                LifStrips.Sequence sequence,
                LifStrips kernel,
                int fromLane,
                int toLane) {
            this.fromLane = fromLane;
            this.shape = shape;
            this.parameters = parameters;
            this.kernel = kernel;
            this.sequence = sequence;
            lanes = shape.lanes();
            width = kernel.width();
            block = blockSteps(shape);
            blocks = blocks(shape);
            strips = (toLane - fromLane) / width;
            work = LOCAL.get().of(blocks * strips, width);
        }

        private int firstLane(int strip) {
            return fromLane + strip % strips * width;
        }

        /** Makes all strips active, from their guessed starts. */
        void guess(float @Nullable [] guesses) {
            Arrays.fill(work.starts, 0, blocks * strips * width, 0f);
            for (int strip = 0; strip < blocks * strips; strip++) {
                work.active[strip] = strip;
                if (guesses != null && strip >= strips) {
                    int from = (strip / strips - 1) * lanes + firstLane(strip);
                    System.arraycopy(guesses, from, work.starts, strip * width, width);
                }
            }
        }

        /** Runs the active strips from their starts. */
        void sweep(int active, boolean again) {
            int together = StripGroup.capacity(width);
            workers.run((active + together - 1) / together, task -> {
                StripGroup group = StripGroup.local(kernel);
                int end = Math.min(active, (task + 1) * together);
                for (int i = task * together; i < end; i++) {
                    int strip = work.active[i];
                    int firstStep = strip / strips * block;
                    add(group, strip, firstStep, Math.min(block, shape.steps() - firstStep));
                }
                run(group, again);
            });
        }

        /** The scan from the first step of a block that starts right, to the end. */
        void finish(int firstBlock) {
            int together = StripGroup.capacity(width);
            int firstStep = firstBlock * block;
            workers.run((strips + together - 1) / together, task -> {
                StripGroup group = StripGroup.local(kernel);
                int end = Math.min(strips, (task + 1) * together);
                for (int i = task * together; i < end; i++) {
                    add(group, firstBlock * strips + i, firstStep, shape.steps() - firstStep);
                }
                run(group, false);
            });
        }

        private void add(StripGroup group, int strip, int firstStep, int steps) {
            int lane = firstLane(strip);
            group.add(strip, lane, firstStep * lanes + lane, steps, parameters, work.starts);
        }

        private void run(StripGroup group, boolean again) {
            stepsRun.add(group.run(again, sequence, work.ends));
        }

        /**
         * Takes the ends of the strips just run for starts of those after them, and makes active those whose start changes.
         *
         * @return how many
         */
        int changedStarts(int ran) {
            int changed = 0;
            for (int i = 0; i < ran; i++) {
                int from = work.active[i] * width;
                int to = from + strips * width;
                if (to < blocks * strips * width && !sameBits(work.ends, from, work.starts, to, width)) {
                    System.arraycopy(work.ends, from, work.starts, to, width);
                    work.active[changed++] = work.active[i] + strips;
                }
            }
            return changed;
        }
    }

    private static boolean sameBits(float[] a, int fromA, float[] b, int fromB, int length) {
        return Arrays.equals(a, fromA, fromA + length, b, fromB, fromB + length); // compares bits: +0 and −0 differ
    }

    /** The strips' states, kept from call to call. */
    private static final class Workspace {

        private float[] starts = {};
        private float[] ends = {};
        private int[] active = {};

        Workspace of(int strips, int width) {
            if (starts.length < strips * width) {
                starts = new float[strips * width];
                ends = new float[strips * width];
            }
            if (active.length < strips) {
                active = new int[strips];
            }
            return this;
        }
    }
}
