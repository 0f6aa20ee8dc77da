package io.keyspike.models.nir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * LIF, IF, CubaLIF and, without spikes, LI, I and CubaLI, in the arithmetic of a {@link Dialect}. In float64: exporting
 * libraries compute in float32, from the same parameters.
 *
 * <p>All of them decay their membranes by a factor, add what comes in times a gain, and a constant that pulls to
 * {@code v_leak}; they differ in the factor, in when the current decays, in how spikes are counted and in when they reset.
 */
final class Neurons extends Unit {
    /** Gains that an exporter has made to be 1 are so up to float32's rounding. */
    private static final double ROUNDING = 1e-5;

    private static final int ROCKPOOL_MAXIMUM = 65_536;

    /** What the parameters are of, and how it is run. */
    record Kind(NirNode.Primitive node, SimulationSettings settings, double dt, boolean recurrent) {}

    private final Dialect dialect;
    private final boolean spiking;
    private final boolean synaptic;
    private final boolean recurrent;
    private final ResetRule reset;
    private final boolean delayed;
    private final double maximumSpikes;

    /** Per neuron: factor of the membrane, of the input or current, constant, factor and gain of the synaptic current. */
    private final double[] decay;

    private final double[] gain;
    private final double[] pull;
    private final double[] synapseDecay;
    private final double[] synapseGain;
    private final double[] threshold;
    private final double[] resetTo;
    private final double[] floor;
    private final double[] start;

    private final double[] v;
    private final double[] i;
    private final double[] last;

    Neurons(Parameters p, Kind kind, List<Integer> shape) {
        super(shape);
        String type = kind.node().type();
        double dt = kind.dt();
        SimulationSettings.Membranes membranes = kind.settings().membranes();
        this.dialect = kind.settings().dialectOf(kind.node());
        this.spiking = type.endsWith("IF");
        this.synaptic = type.startsWith("Cuba");
        this.recurrent = kind.recurrent();
        boolean leaky = !type.equals("IF") && !type.equals("I");
        double[] tau = leaky ? p.positive(synaptic ? "tau_mem" : "tau", shape) : new double[0];
        double[] tauSyn = synaptic ? p.positive("tau_syn", shape) : new double[0];
        if (dialect == Dialect.NORSE && leaky) {
            dialect.rescale(dt, tau, tauSyn);
        }
        double[] r = p.spread("r", shape);
        double[] leak = leaky ? p.spread("v_leak", shape) : new double[outputs];
        double[] in = synaptic ? p.spreadOr("w_in", shape, 1) : new double[0];
        threshold = spiking ? p.positive("v_threshold", shape) : new double[0];
        resetTo = spiking ? p.spreadOr("v_reset", shape, 0) : new double[0];
        p.end();
        reset = kind.settings().resetOf(kind.node());
        delayed = kind.settings().resetDelayedOf(kind.node());
        maximumSpikes = maximumSpikes(membranes);
        decay = new double[outputs];
        gain = new double[outputs];
        pull = new double[outputs];
        floor = new double[outputs];
        start = new double[outputs];
        synapseDecay = new double[synaptic ? outputs : 0];
        synapseGain = new double[synaptic ? outputs : 0];
        Arrays.fill(floor, membranes.floor() == null ? Double.NEGATIVE_INFINITY : membranes.floor());
        boolean exponential = dialect == Dialect.SINABS || dialect == Dialect.ROCKPOOL;
        double step = dialect == Dialect.SINABS ? 1 : dt;
        for (int n = 0; n < outputs; n++) {
            double part = leaky ? step / tau[n] : 0;
            decay[n] = exponential ? Math.exp(-part) : 1 - part;
            gain[n] = switch (dialect) {
                case SINABS -> r[n] * (membranes.normalisedInput() && leaky ? 1 - decay[n] : 1);
                case ROCKPOOL -> leaky ? r[n] * part * Math.exp(part) : r[n] * step;
                case SNNTORCH ->
                    // steps of an IF are counted, unless its r undoes the dt
                    leaky ? r[n] * part : nearlyOne(r[n] * step) == 1 ? 1 : r[n];
                case NIR, NORSE -> leaky ? r[n] * part : r[n] * step;
            };
            pull[n] = (1 - decay[n]) * leak[n];
            if (dialect == Dialect.SNNTORCH || dialect == Dialect.ROCKPOOL) {
                gain[n] = nearlyOne(gain[n]);
            }
            if (dialect == Dialect.NORSE) {
                start[n] = leak[n];
            }
            if (dialect == Dialect.SINABS && type.equals("IF") && membranes.floor() == null) {
                // as Sinabs makes an IAF of it
                floor[n] = -threshold[n];
            }
            if (synaptic) {
                double synPart = step / tauSyn[n];
                synapseDecay[n] = exponential ? Math.exp(-synPart) : 1 - synPart;
                synapseGain[n] = switch (dialect) {
                    case NIR -> in[n] * synPart;
                    case SNNTORCH -> nearlyOne(in[n] * synPart);
                    case SINABS, NORSE, ROCKPOOL -> in[n];
                };
            }
        }
        if (dialect == Dialect.SNNTORCH) {
            clampAll(decay);
            clampAll(synapseDecay);
        }
        v = new double[outputs];
        i = new double[synaptic ? outputs : 0];
        last = new double[spiking ? outputs : 0];
    }

    private double maximumSpikes(SimulationSettings.Membranes membranes) {
        if (membranes.maximumSpikes() != null) {
            return membranes.maximumSpikes();
        }
        return switch (dialect) {
            case SINABS -> Double.POSITIVE_INFINITY;
            case ROCKPOOL -> ROCKPOOL_MAXIMUM;
            case NIR, SNNTORCH, NORSE -> 1;
        };
    }

    private static double nearlyOne(double factor) {
        return Math.abs(factor - 1) < ROUNDING ? 1 : factor;
    }

    private static void clampAll(double[] factors) {
        for (int n = 0; n < factors.length; n++) {
            factors[n] = Math.clamp(factors[n], 0, 1);
        }
    }

    @Override
    boolean remembers() {
        return true;
    }

    @Override
    boolean spikes() {
        return spiking;
    }

    @Override
    void begin() {
        System.arraycopy(start, 0, v, 0, outputs);
        Arrays.fill(i, 0);
        Arrays.fill(last, 0);
    }

    @Override
    double[] membrane() {
        return v;
    }

    @Override
    double @Nullable [] current() {
        return synaptic ? i : null;
    }

    @Override
    void step(double[] in, double[] out) {
        for (int n = 0; n < outputs; n++) {
            double drive = synaptic ? synapse(n, in[n]) : in[n];
            if (!spiking) {
                // Sinabs gives the value before the floor
                out[n] = decay[n] * v[n] + gain[n] * drive + pull[n];
                v[n] = Math.max(out[n], floor[n]);
            } else if (dialect == Dialect.SNNTORCH) {
                out[n] = snnTorch(n, gain[n] * drive + pull[n]);
            } else {
                out[n] = spike(n, gain[n] * drive + pull[n]);
            }
            if (synaptic && dialect == Dialect.NORSE) {
                // the jump first, then both integrate, the membrane with the current as it was
                i[n] = synapseDecay[n] * i[n];
            }
        }
    }

    private double synapse(int n, double x) {
        i[n] = switch (dialect) {
            case NIR, SNNTORCH -> synapseDecay[n] * i[n] + synapseGain[n] * x;
            case SINABS, ROCKPOOL -> synapseDecay[n] * (i[n] + synapseGain[n] * x);
            case NORSE -> i[n] + synapseGain[n] * x;
        };
        return i[n];
    }

    private double spike(int n, double drive) {
        double before = delayed ? after(n, v[n], last[n]) : v[n];
        double p = decay[n] * before + drive;
        double s = count(n, p);
        last[n] = s;
        v[n] = Math.max(delayed ? p : after(n, p, s), floor[n]);
        return s;
    }

    private double count(int n, double p) {
        return switch (dialect) {
            case SINABS, ROCKPOOL -> p > 0 ? Math.min(Math.floor(p / threshold[n]), maximumSpikes) : 0;
            // the greatest whole number below p/threshold: at the threshold there is no spike
            case NIR, SNNTORCH, NORSE ->
                p > threshold[n] ? Math.clamp(Math.ceil(p / threshold[n]) - 1, 1, maximumSpikes) : 0;
        };
    }

    private double after(int n, double p, double spikes) {
        return switch (reset) {
            case SUBTRACT -> p - spikes * threshold[n];
            case ZERO -> spikes > 0 ? 0 : p;
            case NONE -> p;
            case V_RESET ->
                // Sinabs adds its reset value in every step, as its MembraneReset does
                dialect == Dialect.SINABS ? (spikes > 0 ? 0 : p) + resetTo[n] : spikes > 0 ? resetTo[n] : p;
        };
    }

    /** Leaky, or RLeaky and Synaptic, where a reset to a value drops the step's input too. */
    private double snnTorch(int n, double drive) {
        double m = v[n];
        double theta = threshold[n];
        double r = m > theta ? 1 : 0;
        double to = reset == ResetRule.V_RESET ? resetTo[n] : 0;
        double q;
        if (reset == ResetRule.NONE) {
            q = decay[n] * m + drive;
        } else if (reset == ResetRule.SUBTRACT) {
            q = decay[n] * m + drive - r * theta;
        } else if (synaptic || recurrent) {
            q = r > 0 ? to : decay[n] * m + drive;
        } else {
            q = decay[n] * (r > 0 ? to : m) + drive;
        }
        double s = q > theta ? 1 : 0;
        if (delayed || reset == ResetRule.NONE) {
            v[n] = q;
        } else {
            double k = s - r;
            v[n] = reset == ResetRule.SUBTRACT ? q - k * theta : q * (1 - k) + k * to;
        }
        return s;
    }
}
