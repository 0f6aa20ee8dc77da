package io.keyspike.kernels;

import org.jspecify.annotations.Nullable;

/**
 * LIF forward and backward in double precision, one layer, plainly written: with spikes that are steps, as the kernels have
 * them, or smooth ones whose derivative is the surrogate. The equations of the backward pass are the same for both, so that
 * finite differences of the smooth network check the gradients of the one with steps.
 */
final class DoubleLif {

    /** What a spike is. */
    enum Spikes {
        STEP,
        SMOOTH
    }

    private final SequenceShape shape;
    private final double[] decay;
    private final double[] threshold;
    private final Reset reset;
    private final double floor;
    private final Surrogate surrogate;
    private final Spikes kind;
    final double[] p;
    final double[] u;
    final double[] s;

    DoubleLif(
            SequenceShape shape,
            double[] decay,
            double[] threshold,
            Reset reset,
            double floor,
            Surrogate surrogate,
            Spikes kind) {
        this.shape = shape;
        this.decay = decay;
        this.threshold = threshold;
        this.reset = reset;
        this.floor = floor;
        this.surrogate = surrogate;
        this.kind = kind;
        p = new double[shape.size()];
        u = new double[shape.size()];
        s = new double[shape.size()];
    }

    /** @param inReset spikes that the reset sees, which then carry no gradient; null for the layer's own */
    void forward(double[] current, double @Nullable [] inReset) {
        int lanes = shape.lanes();
        for (int at = 0; at < shape.size(); at++) {
            int n = at % shape.neurons();
            double before = at < lanes ? 0 : u[at - lanes];
            p[at] = decay[n] * before + current[at];
            s[at] = spike(p[at] - threshold[n]);
            double r = inReset == null ? s[at] : inReset[at];
            double after = switch (reset) {
                case SUBTRACT -> p[at] - threshold[n] * r;
                case ZERO -> p[at] * (1 - r);
                case NONE -> p[at];
            };
            u[at] = Math.max(after, floor);
        }
    }

    /** Adds to the parameters' gradients; returns that of the current. */
    double[] backward(double[] cS, double[] cP, boolean detached, double[] decayGradient, double[] thresholdGradient) {
        int lanes = shape.lanes();
        double[] gradient = new double[shape.size()];
        double[] carried = new double[lanes];
        for (int at = shape.size() - 1; at >= 0; at--) {
            int n = at % shape.neurons();
            double g = u[at] <= floor ? 0 : carried[at % lanes];
            double gs = cS[at];
            double gp = g;
            switch (reset) {
                case SUBTRACT -> {
                    thresholdGradient[n] -= g * s[at];
                    gs -= detached ? 0 : threshold[n] * g;
                }
                case ZERO -> {
                    gp = g * (1 - s[at]);
                    gs -= detached ? 0 : p[at] * g;
                }
                case NONE -> {}
            }
            double h = gs * derivative(p[at] - threshold[n]);
            thresholdGradient[n] -= h;
            gp += cP[at] + h;
            gradient[at] = gp;
            decayGradient[n] += at < lanes ? 0 : gp * u[at - lanes];
            carried[at % lanes] = decay[n] * gp;
        }
        return gradient;
    }

    private double spike(double x) {
        return kind == Spikes.STEP ? (x > 0 ? 1 : 0) : smooth(x);
    }

    /** Antiderivative of {@link #derivative}. */
    private double smooth(double x) {
        double k = surrogate.slope();
        return switch (surrogate.kind()) {
            case FAST_SIGMOID -> 0.5 + x / (k * Math.abs(x) + 1);
            case ATAN -> 0.5 + Math.atan(Math.PI / 2 * k * x) / Math.PI;
            case SIGMOID -> 1 / (1 + Math.exp(-k * x));
            case STRAIGHT_THROUGH -> 0.5 + x;
            default -> throw new IllegalArgumentException("a surrogate of LIF, found " + surrogate.kind());
        };
    }

    private double derivative(double x) {
        double k = surrogate.slope();
        return switch (surrogate.kind()) {
            case FAST_SIGMOID -> 1 / ((k * Math.abs(x) + 1) * (k * Math.abs(x) + 1));
            case ATAN -> k / 2 / (1 + Math.PI / 2 * k * x * (Math.PI / 2 * k * x));
            case SIGMOID -> {
                double e = Math.exp(-k * Math.abs(x));
                yield k * e / ((1 + e) * (1 + e));
            }
            case STRAIGHT_THROUGH -> 1;
            default -> throw new IllegalArgumentException("a surrogate of LIF, found " + surrogate.kind());
        };
    }
}
