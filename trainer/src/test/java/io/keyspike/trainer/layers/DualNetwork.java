package io.keyspike.trainer.layers;

import io.keyspike.kernels.Reset;
import io.keyspike.kernels.Solver;
import io.keyspike.kernels.Surrogate;
import io.keyspike.trainer.config.LayerConfig;
import io.keyspike.trainer.config.NetworkConfig;
import io.keyspike.trainer.config.NeuronConfig;
import io.keyspike.trainer.config.Wiring;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/** The training pass written down once more, step by step, from the equations, on {@link Dual} numbers. */
final class DualNetwork {
    private final List<LayerConfig> layers;
    private final double slope;
    private final boolean detached;
    private final double stepSeconds;
    private final BiFunction<String, Integer, Dual> parameter;
    private boolean smooth;

    /** @param parameter value by full name and index; a layer's {@link TimeConstantMismatch} as its parameter leak_factor */
    DualNetwork(
            List<LayerConfig> layers,
            double slope,
            boolean detached,
            double stepSeconds,
            BiFunction<String, Integer, Dual> parameter) {
        this.layers = layers;
        this.slope = slope;
        this.detached = detached;
        this.stepSeconds = stepSeconds;
        this.parameter = parameter;
    }

    /** From here on spikes are smooth ones, so that the outputs have derivatives in fact. */
    DualNetwork smoothed() {
        smooth = true;
        return this;
    }

    private Dual spike(Dual aboveThreshold, boolean atThreshold) {
        return smooth ? aboveThreshold.smoothSpike(slope) : aboveThreshold.spike(slope, atThreshold);
    }

    /** @param x {@code [T][B][inputs]} */
    Dual[][][] forward(Dual[][][] x, int labels, int firstStep) {
        var outputs = new Dual[layers.size()][][][];
        Wiring wiring =
                new NetworkConfig(layers, Surrogate.of(Surrogate.Kind.FAST_SIGMOID), detached, Solver.AUTO).wiring();
        // what later layers feed back is one step longer right after each round
        for (int round = 0; round <= (wiring.loops().isEmpty() ? 0 : x.length); round++) {
            for (int l = 0; l < layers.size(); l++) {
                LayerConfig layer = layers.get(l);
                outputs[l] = delayed(
                        layer,
                        neurons(layer, currents(layer, input(wiring.sources().get(l), x, outputs), labels), firstStep));
            }
        }
        return outputs[layers.size() - 1];
    }

    private static Dual[][][] input(List<Wiring.Source> sources, Dual[][][] x, Dual[][][][] outputs) {
        Dual[][][] sum = null;
        for (Wiring.Source source : sources) {
            Dual[][][] values = source.layer() == Wiring.INPUT ? x : outputs[source.layer()];
            if (values == null) {
                continue;
            }
            if (sum == null) {
                sum = new Dual[x.length][x[0].length][values[0][0].length];
                for (Dual[][] step : sum) {
                    for (Dual[] clip : step) {
                        Arrays.fill(clip, Dual.of(0));
                    }
                }
            }
            for (int t = source.delay(); t < x.length; t++) {
                for (int b = 0; b < x[t].length; b++) {
                    for (int n = 0; n < sum[t][b].length; n++) {
                        sum[t][b][n] = sum[t][b][n].plus(values[t - source.delay()][b][n]);
                    }
                }
            }
        }
        return Objects.requireNonNull(sum);
    }

    private Dual[][][] currents(LayerConfig layer, Dual[][][] x, int labels) {
        int inputs = x[0][0].length;
        boolean diagonal = layer.synapse() == LayerConfig.Synapse.DIAGONAL;
        Integer width = layer.width();
        int outputs = (diagonal ? inputs : width == null ? labels : width) * layer.currentsPerNeuron();
        Dual[][][] y = new Dual[x.length][x[0].length][outputs];
        for (int t = 0; t < x.length; t++) {
            for (int b = 0; b < x[t].length; b++) {
                for (int n = 0; n < outputs; n++) {
                    Dual sum = layer.bias() ? parameter.apply(layer.name() + ".bias", n) : Dual.of(0);
                    if (diagonal) {
                        sum = x[t][b][n].times(parameter.apply(layer.name() + ".weight", n));
                    } else {
                        for (int i = 0; i < inputs; i++) {
                            sum = sum.plus(
                                    x[t][b][i].times(parameter.apply(layer.name() + ".weight", i * outputs + n)));
                        }
                    }
                    y[t][b][n] = sum;
                }
            }
        }
        if (layer.batchNorm()) {
            normalise(layer, y);
        }
        return y;
    }

    private void normalise(LayerConfig layer, Dual[][][] y) {
        int rows = y.length * y[0].length;
        for (int n = 0; n < y[0][0].length; n++) {
            Dual mean = Dual.of(0);
            for (Dual[][] step : y) {
                for (Dual[] clip : step) {
                    mean = mean.plus(clip[n].times(1.0 / rows));
                }
            }
            Dual variance = Dual.of(0);
            for (Dual[][] step : y) {
                for (Dual[] clip : step) {
                    Dual difference = clip[n].minus(mean);
                    variance = variance.plus(difference.times(difference).times(1.0 / rows));
                }
            }
            Dual scale = parameter
                    .apply(layer.name() + ".norm_gain", n)
                    .dividedBy(variance.plus(Dual.of(1e-5)).sqrt());
            for (Dual[][] step : y) {
                for (Dual[] clip : step) {
                    clip[n] = clip[n].minus(mean).times(scale).plus(parameter.apply(layer.name() + ".norm_shift", n));
                }
            }
        }
    }

    private Dual[][][] neurons(LayerConfig layer, Dual[][][] current, int firstStep) {
        int width = current[0][0].length / layer.currentsPerNeuron();
        Dual[][][] out = new Dual[current.length][current[0].length][width];
        for (int b = 0; b < current[0].length; b++) {
            if (layer.neuron().kind() == NeuronConfig.Kind.READOUT) {
                for (int n = 0; n < width; n++) {
                    readout(layer, current, out, b, n, firstStep);
                }
                continue;
            }
            if (layer.neuron().kind().driven()) {
                for (int n = 0; n < width; n++) {
                    driven(layer, current, out, b, n);
                }
                continue;
            }
            Cell[] cells = new Cell[width];
            for (int n = 0; n < width; n++) {
                cells[n] = cell(layer, n);
            }
            for (int t = 0; t < current.length; t++) {
                for (int n = 0; n < width; n++) {
                    Dual in = current[t][b][n];
                    out[t][b][n] = cells[n].step(t == 0 ? in : in.plus(recurrent(layer, out[t - 1][b], n)));
                }
            }
        }
        return out;
    }

    private Dual recurrent(LayerConfig layer, Dual[] spikes, int n) {
        String weight = layer.name() + ".recurrent_weight";
        return switch (layer.recurrence()) {
            case NONE -> Dual.of(0);
            case ONE_TO_ONE -> spikes[n].times(parameter.apply(weight, n));
            case ALL_TO_ALL -> {
                Dual sum = Dual.of(0);
                for (int i = 0; i < spikes.length; i++) {
                    sum = sum.plus(spikes[i].times(parameter.apply(weight, i * spikes.length + n)));
                }
                yield sum;
            }
        };
    }

    /** A neuron: from the current of a step to its spike. */
    private interface Cell {
        Dual step(Dual current);
    }

    private Cell cell(LayerConfig layer, int n) {
        return switch (layer.neuron().kind()) {
            case LIF, HARDWARE -> lif(layer, n);
            case ADAPTIVE -> adaptive(layer, n);
            case SE_ADAPTIVE -> symplectic(layer, n);
            case LEAKY, SYNAPTIC -> leaky(layer, n);
            case CURRENT, LIF_BOX, EXP_LEAK, READOUT ->
                throw new IllegalArgumentException("no cell with one current and spikes");
        };
    }

    private Cell lif(LayerConfig layer, int n) {
        NeuronConfig config = layer.neuron();
        Dual meant = config.learnDecay()
                ? parameter.apply(layer.name() + ".decay", n).sigmoid()
                : Dual.of((float) Math.exp(-stepSeconds / (config.tauMillis() / 1_000)));
        double leak = parameter.apply(layer.name() + ".leak_factor", n).v();
        Dual decay = leak == 1 ? meant : meant.log().times(1 / leak).exp();
        Dual threshold = threshold(layer, n);
        return new Cell() {
            private Dual u = Dual.of(0);

            @Override
            public Dual step(Dual current) {
                Dual p = decay.times(u).plus(current);
                Dual s = spike(p.minus(threshold), false);
                Dual inReset = detached ? s.detached() : s;
                u = config.reset() == Reset.SUBTRACT
                        ? p.minus(threshold.times(inReset))
                        : p.times(Dual.of(1).minus(inReset));
                // As sinabs has it: no gradient where the floor holds the membrane, the floor itself included.
                if (config.kind() == NeuronConfig.Kind.HARDWARE && u.v() <= 0) {
                    u = Dual.of(0);
                }
                return s;
            }
        };
    }

    private Dual threshold(LayerConfig layer, int n) {
        NeuronConfig config = layer.neuron();
        return config.learnThreshold() ? parameter.apply(layer.name() + ".threshold", n) : Dual.of(config.threshold());
    }

    private Cell adaptive(LayerConfig layer, int n) {
        Dual a = parameter.apply(layer.name() + ".membrane_decay", n).sigmoid();
        Dual decay = parameter.apply(layer.name() + ".adaptation_decay", n).sigmoid();
        Dual p = parameter.apply(layer.name() + ".membrane_coupling", n);
        Dual q = parameter.apply(layer.name() + ".spike_coupling", n);
        return new Cell() {
            private Dual u = Dual.of(0);
            private Dual w = Dual.of(0);
            private Dual s = Dual.of(0);

            @Override
            public Dual step(Dual current) {
                w = decay.times(w).plus(p.times(u)).plus(q.times(s));
                Dual inReset = detached ? s.detached() : s;
                u = a.times(u.minus(inReset))
                        .plus(current)
                        .minus(Dual.of(1).minus(a).times(w));
                s = spike(u.minus(Dual.of(1)), true);
                return s;
            }
        };
    }

    /** SE-adLIF. */
    private Cell symplectic(LayerConfig layer, int n) {
        Dual a = parameter.apply(layer.name() + ".membrane_decay", n).sigmoid();
        Dual decay = parameter.apply(layer.name() + ".adaptation_decay", n).sigmoid();
        Dual p = parameter.apply(layer.name() + ".membrane_coupling", n);
        Dual q = parameter.apply(layer.name() + ".spike_coupling", n);
        Dual one = Dual.of(1);
        return new Cell() {
            private Dual u = Dual.of(0);
            private Dual w = Dual.of(0);

            @Override
            public Dual step(Dual current) {
                Dual reached = a.times(u).plus(one.minus(a).times(current.minus(w)));
                Dual s = spike(reached.minus(one), true);
                u = reached.times(one.minus(detached ? s.detached() : s));
                w = decay.times(w).plus(one.minus(decay).times(p.times(u).plus(q.times(s))));
                return s;
            }
        };
    }

    /** With axonal delays of the width that a training begins with. */
    private Dual[][][] delayed(LayerConfig layer, Dual[][][] spikes) {
        if (!layer.delay().active()) {
            return spikes;
        }
        double precision = 1 / (layer.delay().firstWidth() * layer.delay().firstWidth());
        Dual[][][] y = new Dual[spikes.length][spikes[0].length][spikes[0][0].length];
        for (int n = 0; n < y[0][0].length; n++) {
            Dual d = parameter
                    .apply(layer.name() + ".delay", n)
                    .times(layer.delay().rate());
            Dual[] shares = new Dual[layer.delay().maximumSteps() + 1];
            Dual sum = Dual.of(0);
            for (int k = 0; k < shares.length; k++) {
                Dual distance = Dual.of(k).minus(d);
                shares[k] = distance.times(distance).times(-0.5 * precision).exp();
                sum = sum.plus(shares[k]);
            }
            for (int t = 0; t < y.length; t++) {
                for (int b = 0; b < y[t].length; b++) {
                    y[t][b][n] = Dual.of(0);
                    for (int k = 0; k < shares.length && k <= t; k++) {
                        y[t][b][n] = y[t][b][n].plus(shares[k].dividedBy(sum).times(spikes[t - k][b][n]));
                    }
                }
            }
        }
        return y;
    }

    /** snnTorch's: the reset r that the old membrane calls for has no gradient, whatever the network says. */
    private Cell leaky(LayerConfig layer, int n) {
        NeuronConfig config = layer.neuron();
        boolean synaptic = config.kind() == NeuronConfig.Kind.SYNAPTIC;
        Dual beta = config.learnDecay() ? parameter.apply(layer.name() + ".decay", n) : Dual.of(config.beta());
        Dual alpha = synaptic && config.learnAlpha()
                ? parameter.apply(layer.name() + ".synapse_decay", n)
                : Dual.of(config.alpha());
        Dual threshold = threshold(layer, n);
        Dual one = Dual.of(1);
        return new Cell() {
            private Dual i = Dual.of(0);
            private Dual m = Dual.of(0);

            @Override
            public Dual step(Dual current) {
                i = synaptic ? alpha.times(i).plus(current) : current;
                Dual r = Dual.of(m.v() > threshold.v() ? 1 : 0);
                boolean keepsInput = !synaptic && !layer.recurrent();
                Dual q = switch (config.reset()) {
                    case SUBTRACT -> beta.times(m).plus(i).minus(r.times(threshold));
                    case ZERO ->
                        keepsInput
                                ? beta.times(m.times(one.minus(r))).plus(i)
                                : beta.times(m).plus(i).times(one.minus(r));
                    case NONE -> beta.times(m).plus(i);
                };
                Dual s = spike(q.minus(threshold), false);
                Dual k = s.minus(r);
                m = config.resetDelay()
                        ? q
                        : switch (config.reset()) {
                            case SUBTRACT -> q.minus(k.times(threshold));
                            case ZERO -> q.times(one.minus(k));
                            case NONE -> q;
                        };
                return s;
            }
        };
    }

    /** What a step leaves of a membrane: Norse's by forward Euler. */
    private float driftOf(NeuronConfig config, double tauMillis) {
        double share = stepSeconds / (tauMillis / 1_000);
        return (float) (config.kind() == NeuronConfig.Kind.LIF_BOX ? 1 - share : Math.exp(-share));
    }

    /** By synaptic currents, with up to as many spikes a step as configured. */
    private void driven(LayerConfig layer, Dual[][][] current, Dual[][][] out, int b, int n) {
        NeuronConfig config = layer.neuron();
        int width = out[0][0].length;
        Dual decay = config.learnDecay()
                ? parameter.apply(layer.name() + ".decay", n).sigmoid()
                : Dual.of(driftOf(config, config.membraneTaus().of(n)));
        boolean box = config.kind() == NeuronConfig.Kind.LIF_BOX;
        boolean leak = config.kind() == NeuronConfig.Kind.EXP_LEAK;
        Dual gain = box || config.normalised() ? Dual.of(1).minus(decay) : Dual.of(1);
        Dual rest = Dual.of(box ? config.rest() : 0);
        Dual threshold = threshold(layer, n);
        var currents = new Dual[config.synapses().size()];
        Arrays.fill(currents, Dual.of(0));
        Dual v = rest;
        for (int t = 0; t < current.length; t++) {
            Dual sum = Dual.of(0);
            for (int s = 0; s < currents.length; s++) {
                Dual alpha = config.learnAlpha()
                        ? parameter
                                .apply(layer.name() + ".synapse_decay", s * width + n)
                                .sigmoid()
                        : Dual.of((float) Math.exp(
                                -stepSeconds / (config.synapses().get(s).of(n) / 1_000)));
                currents[s] = alpha.times(currents[s].plus(current[t][b][s * width + n]));
                sum = sum.plus(currents[s]);
            }
            Dual p = rest.plus(decay.times(v.minus(rest)))
                    .plus(gain.times(currents.length == 0 ? current[t][b][n] : sum));
            if (leak) {
                out[t][b][n] = p;
                v = config.floor() != null && p.v() <= config.floor() ? Dual.of(config.floor()) : p;
                continue;
            }
            double count = Math.clamp(Math.floor(p.v() / threshold.v()), 0, config.maximumSpikes());
            if (box) {
                count = p.v() > threshold.v() ? 1 : 0;
            }
            Dual spike = spike(p.minus(threshold), !box);
            Dual k = smooth ? spike : new Dual(count, spike.d());
            Dual inReset = detached ? k.detached() : k;
            Dual kept = box ? p : p.plus(Dual.of(config.resetOffset()));
            Dual level = Dual.of(config.resetLevel());
            v = switch (box ? Reset.ZERO : config.reset()) {
                case SUBTRACT -> p.minus(threshold.times(inReset));
                case ZERO ->
                    count > 0
                            ? level.plus(kept.minus(level).times(Dual.of(0).minus(inReset.minus(Dual.of(count)))))
                            : kept.minus(kept.minus(level).times(inReset));
                case NONE -> p;
            };
            if (config.floor() != null && v.v() <= config.floor()) {
                v = Dual.of(config.floor());
            }
            out[t][b][n] = k;
        }
    }

    private void readout(LayerConfig layer, Dual[][][] current, Dual[][][] out, int b, int n, int firstStep) {
        Dual c = parameter.apply(layer.name() + ".decay", n).sigmoid();
        Dual y = Dual.of(0);
        for (int t = 0; t < current.length; t++) {
            if (t >= firstStep) {
                y = c.times(y).plus(Dual.of(1).minus(c).times(current[t][b][n]));
            }
            out[t][b][n] = t < firstStep ? Dual.of(0) : y;
        }
    }
}
