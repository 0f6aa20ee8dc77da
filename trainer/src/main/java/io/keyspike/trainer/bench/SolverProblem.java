package io.keyspike.trainer.bench;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifParameters;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.SequenceShape;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.trainer.common.SplitMix;
import java.util.Arrays;

/** A sequence of random currents for solvers to solve, scaled such that the neurons fire at a wanted rate. */
final class SolverProblem {

    /** Standard deviation of the currents for a mean of 1. */
    private static final double SPREAD = 2;

    private static final double LOWEST_SCALE = 1e-5;
    private static final double HIGHEST_SCALE = 10;
    private static final int HALVINGS = 20;

    private final SequenceShape shape;
    private final LifParameters parameters;
    private final float[] current;
    private final float[] membrane;
    private final float[] spikes;

    /** @param tauSteps τ/dt; infinite for none */
    SolverProblem(SequenceShape shape, double tauSteps, Reset reset, float floor, double wantedRate, long seed) {
        this.shape = shape;
        float[] decay = new float[shape.neurons()];
        float[] threshold = new float[shape.neurons()];
        Arrays.fill(decay, (float) Math.exp(-1 / tauSteps));
        Arrays.fill(threshold, 1f);
        parameters = new LifParameters(decay, threshold, reset, floor);
        current = new float[shape.size()];
        membrane = new float[shape.size()];
        spikes = new float[shape.size()];
        var random = new SplitMix(seed);
        float[] unscaled = new float[shape.size()];
        for (int i = 0; i < unscaled.length; i++) {
            unscaled[i] = (float) (1 + SPREAD * random.nextGaussian());
        }
        scale(unscaled, wantedRate);
    }

    /** Bisection: the rate grows with the scale. */
    private void scale(float[] unscaled, double wantedRate) {
        KernelBackend kernels = Backends.named("vector", 1, Solver.SCAN);
        double low = LOWEST_SCALE;
        double high = HIGHEST_SCALE;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = Math.sqrt(low * high);
            for (int k = 0; k < current.length; k++) {
                current[k] = (float) (middle * unscaled[k]);
            }
            solve(kernels);
            if (firingRate() < wantedRate) {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    void solve(KernelBackend kernels) {
        kernels.lif(shape, parameters, current, membrane, spikes);
    }

    /** Of the last solution. */
    double firingRate() {
        double sum = 0;
        for (float s : spikes) {
            sum += s;
        }
        return sum / spikes.length;
    }

    /** Of the last solution: a number that differs where a bit of a membrane or a spike does. */
    int fingerprint() {
        return 31 * Arrays.hashCode(membrane) + Arrays.hashCode(spikes);
    }
}
