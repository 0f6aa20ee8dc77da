package io.keyspike.trainer.chip;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.ChipProfile.Mismatch;
import io.keyspike.models.chip.LeakRule;
import io.keyspike.models.chip.WeightGrid;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.common.Interval;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.evaluate.ClipRun;
import io.keyspike.trainer.evaluate.ModelClips;
import io.keyspike.trainer.loss.ClipClassifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** How accurate a model stays on chips that deviate from nominal. */
public final class ChipStress {

    /** Shares of the profile's sigmas that are tried. */
    public static final List<Double> FACTORS = List.of(0.25, 0.5, 1.0, 1.5, 2.0, 3.0);

    /** On either side of a 95 % interval. */
    private static final double TAIL = 0.025;

    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x57_2E;

    private final KeywordModel model;
    private final ChipProfile profile;
    private final ModelClips clips;
    private final String backend;
    private final int threads;
    private final int chips;
    private final long seed;
    private final Progress progress;

    /**
     * Accuracy under one condition.
     *
     * @param label the condition in words
     * @param amount the condition as a number, for a plot
     * @param correct clips right, one number for each drawn chip, ascending
     * @param total clips
     */
    public record Point(String label, double amount, List<Integer> correct, int total) {
        public Point {
            correct = correct.stream().sorted().toList();
        }

        /** Accuracy that a share q of the chips does not reach: between two chips by linear interpolation. */
        public double quantile(double q) {
            double at = q * (correct.size() - 1);
            int below = (int) Math.floor(at);
            int above = Math.min(correct.size() - 1, below + 1);
            double between = correct.get(below) + (at - below) * (correct.get(above) - correct.get(below));
            return between / total;
        }

        /**
         * 95 % interval of {@link #quantile} over all chips that could be drawn, whatever their distribution: from the ranks
         * that the number of chips below a quantile, which is binomial, leaves open (David and Nagaraja 2003, section 7.1).
         * Its lower end is 0 where too few chips were drawn to tell. Of the clips it knows nothing.
         */
        public Interval quantileInterval(double q) {
            int n = correct.size();
            int low = 0;
            int high = n;
            double below = 0;
            double logOdds = Math.log(q) - Math.log1p(-q);
            double logTerm = n * Math.log1p(-q);
            for (int k = 0; k < n; k++) {
                below += Math.exp(logTerm);
                logTerm += Math.log((double) (n - k) / (k + 1)) + logOdds;
                if (below <= TAIL) {
                    low = k + 1;
                }
                if (below >= 1 - TAIL && high == n) {
                    high = k + 1;
                }
            }
            return new Interval(
                    low == 0 ? 0 : (double) correct.get(low - 1) / total, (double) correct.get(high - 1) / total);
        }
    }

    /**
     * All conditions.
     *
     * @param ideal the model as it is
     * @param mismatch everything at once, over factors of the profile's sigmas
     */
    public record Report(
            Point ideal,
            List<Point> mismatch,
            List<Point> weights,
            List<Point> thresholds,
            List<Point> leaks,
            List<Point> bits,
            List<Point> timeConstants) {

        /** Everything off at once by the profile's own sigmas. */
        public Point atProfile() {
            return mismatch.get(FACTORS.indexOf(1.0));
        }
    }

    /**
     * @param backend name of the kernels' backend
     * @param chips drawn for each condition that is a spread
     */
    public ChipStress(
            KeywordModel model,
            ChipProfile profile,
            ModelClips clips,
            String backend,
            int threads,
            int chips,
            long seed,
            Progress progress) {
        this.model = model;
        this.profile = profile;
        this.clips = clips;
        this.backend = backend;
        this.threads = threads;
        this.chips = chips;
        this.seed = seed;
        this.progress = progress;
    }

    /** Tries everything. */
    public Report run() {
        Mismatch sigma = profile.mismatch();
        return new Report(
                point("ideal", 0, List.of(model.network())),
                spread("mismatch", FACTORS, f -> sigma.times(f)),
                spread("weights", FACTORS, f -> new Mismatch(sigma.weight() * f, 0, 0)),
                spread("thresholds", FACTORS, f -> new Mismatch(0, sigma.threshold() * f, 0)),
                spread("leaks", FACTORS, f -> new Mismatch(0, 0, sigma.leak() * f)),
                bits(),
                timeConstants());
    }

    private interface Spread {
        Mismatch at(double factor);
    }

    private List<Point> spread(String what, List<Double> factors, Spread spread) {
        var points = new ArrayList<Point>();
        for (double factor : factors) {
            var drawn = new ArrayList<Network>();
            for (int chip = 0; chip < chips; chip++) {
                // the same chip at every factor, only worse
                var random = new SplitMix(seed, PURPOSE, what.hashCode(), chip);
                drawn.add(SampledChip.of(model.network(), spread.at(factor), random));
            }
            points.add(point(what + " x " + factor, factor, drawn));
        }
        return points;
    }

    private List<Point> bits() {
        var points = new ArrayList<Point>();
        for (int bits = WeightGrid.LEAST_BITS; bits <= WeightGrid.MOST_BITS; bits++) {
            var grid = new WeightGrid(bits, profile.synapse().weightLimit());
            points.add(point(bits + " bits", bits, List.of(withWeights(grid))));
        }
        points.add(point("float", Float.SIZE, List.of(model.network())));
        return points;
    }

    private Network withWeights(WeightGrid grid) {
        return with("weight", weights -> {
            for (int i = 0; i < weights.length; i++) {
                weights[i] = grid.nearest(weights[i]);
            }
            return weights;
        });
    }

    private List<Point> timeConstants() {
        double step = model.network().graph().stepSeconds();
        var points = new ArrayList<Point>();
        points.add(point("as trained", 0, List.of(model.network())));
        points.add(point(
                profile.name() + ": " + profile.neuron().leak().description(),
                1,
                List.of(snapped(profile.neuron().leak(), step))));
        points.add(point("powers of 2 ms", 2, List.of(snapped(powers(2), step))));
        points.add(point("powers of 4 ms", 4, List.of(snapped(powers(4), step))));
        return points;
    }

    private static LeakRule powers(int base) {
        var millis = new ArrayList<Double>();
        for (double m = 1; m <= 1_024; m *= base) {
            millis.add(m);
        }
        return new LeakRule.Choices(millis);
    }

    private Network snapped(LeakRule rule, double step) {
        return with("decay", decays -> {
            for (int i = 0; i < decays.length; i++) {
                decays[i] = rule.nearest(decays[i], step);
            }
            return decays;
        });
    }

    /** The model's network with one kind of parameter changed, of all synapses or of all integrate-and-fire neurons. */
    private Network with(String parameter, UnaryOperator<float[]> change) {
        Network network = model.network();
        Map<String, Tensor> tensors = new TreeMap<>(network.tensors());
        for (Node node : network.graph().nodes()) {
            if (node.parameters().containsKey(parameter) && !(node instanceof Node.Readout)) {
                Tensor meant = network.tensor(node, parameter);
                tensors.put(
                        node.name() + "." + parameter,
                        new Tensor(meant.shape(), change.apply(meant.values().clone())));
            }
        }
        return new Network(network.graph(), tensors);
    }

    private Point point(String label, double amount, List<Network> networks) {
        Integer[] correct = new Integer[networks.size()];
        Parallel.forEach(networks.size(), threads, "sampling chips: " + label, progress, i -> {
            correct[i] = correct(networks.get(i));
        });
        return new Point(label, amount, Arrays.asList(correct), clips.frames().clips());
    }

    private int correct(Network network) {
        KernelBackend own = Backends.named(backend, 1);
        ClipClassifier classifier = ClipClassifier.of(
                model.decision(), model.labels(), network.graph().stepSeconds());
        int[] right = new int[1];
        ClipRun.over(network, own, clips.stacking(), clips.frames(), (from, count, steps, input, result) -> {
            for (int b = 0; b < count; b++) {
                int predicted = classifier.classify(result.output(), steps, count, b);
                right[0] += predicted == clips.frames().labels()[from + b] ? 1 : 0;
            }
        });
        return right[0];
    }
}
