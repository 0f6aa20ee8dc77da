package io.keyspike.models.nir;

import io.keyspike.models.arrays.NumberArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes {@link Unit}s of NIR's primitives. */
final class Units {
    private static final int MAXIMUM_DELAY_STEPS = 1 << 20;
    private static final int MAXIMUM_POOLED_VALUES = 1 << 24;
    private static final long MAXIMUM_DELAYED_VALUES = 1L << 25;

    private Units() {}

    static Unit of(
            String name,
            NirNode.Primitive node,
            List<Integer> in,
            SimulationSettings settings,
            double dt,
            boolean recurrent) {
        var p = new Parameters(name, node);
        Unit unit = switch (node.type()) {
            case "Input", "Output" -> {
                p.ignoring("shape");
                yield new Same(in);
            }
            case "Affine" -> new Dense(p, in, p.array("bias"));
            case "Linear" -> new Dense(p, in, null);
            case "Scale" -> new Scale(in, p.spread("scale", in));
            case "Threshold" -> new Threshold(in, p.spread("threshold", in));
            case "Delay" -> new Delay(p, in, delaySteps(p, in, settings.dialect() == Dialect.SINABS ? 1 : dt));
            case "Flatten" -> new Same(flattened(p, in));
            case "Conv1d" -> convolution(p, in, 1);
            case "Conv2d" -> convolution(p, in, 2);
            case "SumPool2d" -> pool(p, in, false);
            case "AvgPool2d" -> pool(p, in, true);
            case "LIF", "IF", "CubaLIF", "LI", "I", "CubaLI" ->
                new Neurons(p, new Neurons.Kind(node, settings, dt, recurrent), in);
            default ->
                throw new IllegalArgumentException(
                        p.where() + ": expected one of NIR's primitives, found another kind");
        };
        p.end();
        return unit;
    }

    /** Whether the kind's numbers depend on the time step. */
    static boolean timed(String type) {
        return List.of("LIF", "IF", "CubaLIF", "LI", "I", "CubaLI", "Delay").contains(type);
    }

    /** Whether the kind has a state. */
    static boolean remembers(String type) {
        return timed(type);
    }

    private static final class Same extends Unit {
        Same(List<Integer> shape) {
            super(shape);
        }

        @Override
        void step(double[] in, double[] out) {
            System.arraycopy(in, 0, out, 0, outputs);
        }
    }

    private static final class Scale extends Unit {
        private final double[] scale;

        Scale(List<Integer> shape, double[] scale) {
            super(shape);
            this.scale = scale;
        }

        @Override
        void step(double[] in, double[] out) {
            for (int n = 0; n < outputs; n++) {
                out[n] = in[n] * scale[n];
            }
        }
    }

    private static final class Threshold extends Unit {
        private final double[] threshold;

        Threshold(List<Integer> shape, double[] threshold) {
            super(shape);
            this.threshold = threshold;
        }

        @Override
        boolean spikes() {
            return true;
        }

        @Override
        void step(double[] in, double[] out) {
            for (int n = 0; n < outputs; n++) {
                out[n] = in[n] > threshold[n] ? 1 : 0;
            }
        }
    }

    /** y = W x + b over the last axis. */
    private static final class Dense extends Unit {
        private final int rows;
        private final int columns;
        private final double[] weight;
        private final double[] bias;

        Dense(Parameters p, List<Integer> in, @org.jspecify.annotations.Nullable NumberArray bias) {
            super(shape(p, in));
            NumberArray w = p.array("weight");
            rows = w.shape().getFirst();
            columns = w.shape().getLast();
            weight = w.values();
            this.bias = bias == null ? new double[rows] : bias.values();
            if (this.bias.length != rows) {
                throw new IllegalArgumentException(
                        p.where() + ": expected a bias of " + rows + " values, found " + this.bias.length);
            }
        }

        private static List<Integer> shape(Parameters p, List<Integer> in) {
            List<Integer> weight = p.array("weight").shape();
            if (weight.size() != 2) {
                throw new IllegalArgumentException(p.where() + ": expected a weight [out, in], found " + weight);
            }
            var shape = new ArrayList<>(in);
            if (in.isEmpty() || !in.getLast().equals(weight.get(1))) {
                if (NumberArray.size(in) != weight.get(1)) {
                    throw new IllegalArgumentException(
                            p.where() + ": expected an input of " + weight.get(1) + " values, found " + in);
                }
                return List.of(weight.get(0));
            }
            shape.set(shape.size() - 1, weight.get(0));
            return shape;
        }

        @Override
        void step(double[] in, double[] out) {
            for (int block = 0; block * rows < outputs; block++) {
                for (int o = 0; o < rows; o++) {
                    double sum = 0;
                    int w = o * columns;
                    int x = block * columns;
                    for (int c = 0; c < columns; c++) {
                        sum += weight[w + c] * in[x + c];
                    }
                    out[block * rows + o] = sum + bias[o];
                }
            }
        }
    }

    private static int[] delaySteps(Parameters p, List<Integer> shape, double dt) {
        double[] delays = p.spread("delay", shape);
        int[] steps = new int[delays.length];
        for (int n = 0; n < steps.length; n++) {
            double exact = delays[n] / dt;
            if (!(exact >= 0 && exact <= MAXIMUM_DELAY_STEPS)) {
                throw new IllegalArgumentException(p.where() + ": expected delays of 0 to " + MAXIMUM_DELAY_STEPS
                        + " steps of " + dt + " s, found " + delays[n] + " s");
            }
            steps[n] = (int) Math.rint(exact);
        }
        return steps;
    }

    /** What entered some steps before, 0 in the beginning. */
    private static final class Delay extends Unit {
        private final int[] steps;
        private final double[][] kept;
        private int at;

        Delay(Parameters p, List<Integer> shape, int[] steps) {
            super(shape);
            this.steps = steps;
            int longest = Arrays.stream(steps).max().orElse(0);
            if ((long) longest * outputs > MAXIMUM_DELAYED_VALUES) {
                throw new IllegalArgumentException(p.where() + ": expected at most " + MAXIMUM_DELAYED_VALUES
                        + " values on their way, found " + longest + " steps of " + outputs);
            }
            kept = new double[longest + 1][outputs];
        }

        @Override
        boolean remembers() {
            return true;
        }

        @Override
        void begin() {
            for (double[] row : kept) {
                Arrays.fill(row, 0);
            }
            at = 0;
        }

        @Override
        void step(double[] in, double[] out) {
            System.arraycopy(in, 0, kept[at], 0, outputs);
            for (int n = 0; n < outputs; n++) {
                out[n] = kept[Math.floorMod(at - steps[n], kept.length)][n];
            }
            at = (at + 1) % kept.length;
        }
    }

    private static List<Integer> flattened(Parameters p, List<Integer> in) {
        p.ignoring("input_type", "shape");
        int rank = in.size();
        int from = axis(p.integers("start_dim", 1, -16)[0], rank);
        int to = axis(p.integers("end_dim", 1, -16)[0], rank);
        if (from > to) {
            throw new IllegalArgumentException(
                    p.where() + ": expected start_dim not to lie behind end_dim for the shape " + in);
        }
        var shape = new ArrayList<Integer>();
        shape.addAll(in.subList(0, from));
        shape.add(NumberArray.size(in.subList(from, to + 1)));
        shape.addAll(in.subList(to + 1, rank));
        return shape;
    }

    private static int axis(int dim, int rank) {
        return Math.clamp(dim < 0 ? dim + rank : dim, 0, Math.max(rank - 1, 0));
    }

    /** Channels and the axes of space of an input; a missing axis of channels is one channel. */
    private static int[] extents(Parameters p, List<Integer> in, int axes, int channels) {
        int[] result = new int[axes + 1];
        int size = NumberArray.size(in);
        if (in.size() > axes && NumberArray.size(in.subList(0, in.size() - axes)) == channels) {
            result[0] = channels;
            for (int a = 0; a < axes; a++) {
                result[a + 1] = in.get(in.size() - axes + a);
            }
        } else if (p.has("input_shape")) {
            int[] given = p.integers("input_shape", axes, 1);
            result[0] = channels;
            System.arraycopy(given, 0, result, 1, axes);
        } else if (in.size() == axes && channels == 1) {
            result[0] = 1;
            for (int a = 0; a < axes; a++) {
                result[a + 1] = in.get(a);
            }
        }
        long product = Arrays.stream(result).asLongStream().reduce(1, (a, b) -> a * b);
        if (product != size) {
            throw new IllegalArgumentException(p.where() + ": expected an input of " + channels + " channels with "
                    + axes + (axes == 1 ? " axis" : " axes") + " of space, found " + in);
        }
        return result;
    }

    private static Window convolution(Parameters p, List<Integer> in, int axes) {
        NumberArray weight = p.array("weight");
        if (weight.shape().size() != axes + 2) {
            throw new IllegalArgumentException(
                    p.where() + ": expected a weight of " + (axes + 2) + " axes, found " + weight.shape());
        }
        int groups = p.integers("groups", 1, 1)[0];
        int channels = Math.multiplyExact(weight.shape().get(1), groups);
        int filters = weight.shape().getFirst();
        if (filters % groups != 0) {
            throw new IllegalArgumentException(
                    p.where() + ": expected filters in " + groups + " groups of equal size, found " + filters);
        }
        int[] extents = extents(p, in, axes, channels);
        p.ignoring("input_shape");
        double[] bias = p.has("bias") ? p.array("bias").values() : new double[filters];
        if (bias.length != filters) {
            throw new IllegalArgumentException(
                    p.where() + ": expected a bias of " + filters + " values, found " + bias.length);
        }
        int[] kernel = new int[axes];
        for (int a = 0; a < axes; a++) {
            kernel[a] = weight.shape().get(a + 2);
        }
        int[] stride = p.integers("stride", axes, 1);
        int[] dilation = p.integers("dilation", axes, 1);
        int[] before = new int[axes];
        int[] after = new int[axes];
        String padding = p.text("padding");
        if (padding == null) {
            before = p.integers("padding", axes, 0);
            after = before;
        } else if (padding.equals("same")) {
            for (int a = 0; a < axes; a++) {
                if (stride[a] != 1) {
                    throw new IllegalArgumentException(
                            p.where() + ": expected a stride of 1 with padding 'same', found " + stride[a]);
                }
                int total = dilation[a] * (kernel[a] - 1);
                before[a] = total / 2;
                after[a] = total - before[a];
            }
        } else if (!padding.equals("valid")) {
            throw new IllegalArgumentException(
                    p.where() + ": expected numbers, 'same' or 'valid' as 'padding', found '" + padding + "'");
        }
        var geometry = new Geometry(p, extents, kernel, stride, dilation, before, after);
        return new Window(geometry, filters, groups, weight.values(), bias);
    }

    private static Window pool(Parameters p, List<Integer> in, boolean average) {
        int channels = in.size() > 2 ? NumberArray.size(in.subList(0, in.size() - 2)) : 1;
        int[] extents = extents(p, in, 2, channels);
        int[] kernel = p.integers("kernel_size", 2, 1);
        int[] padding = p.integers("padding", 2, 0);
        if ((double) channels * kernel[0] * kernel[1] > MAXIMUM_POOLED_VALUES) {
            throw new IllegalArgumentException(p.where() + ": expected windows of at most " + MAXIMUM_POOLED_VALUES
                    + " values, found " + channels + " channels of " + Arrays.toString(kernel));
        }
        var geometry = new Geometry(p, extents, kernel, p.integers("stride", 2, 1), new int[] {1, 1}, padding, padding);
        double[] weight = new double[Math.multiplyExact(Math.multiplyExact(channels, kernel[0]), kernel[1])];
        Arrays.fill(weight, average ? 1.0 / (kernel[0] * kernel[1]) : 1);
        return new Window(geometry, channels, channels, weight, new double[channels]);
    }

    /** A window that moves over one or two axes of space; one axis counts as two of which the first has one row. */
    private static final class Geometry {
        final List<Integer> space;
        final int channels;
        final int height;
        final int width;
        final int rows;
        final int columns;
        final int[] kernel = {1, 1};
        final int[] stride = {1, 1};
        final int[] dilation = {1, 1};
        final int[] before = {0, 0};

        Geometry(Parameters p, int[] extents, int[] kernel, int[] stride, int[] dilation, int[] before, int[] after) {
            int axes = kernel.length;
            int first = 2 - axes;
            int[] size = {1, 1};
            int[] result = {1, 1};
            System.arraycopy(extents, 1, size, first, axes);
            System.arraycopy(kernel, 0, this.kernel, first, axes);
            System.arraycopy(stride, 0, this.stride, first, axes);
            System.arraycopy(dilation, 0, this.dilation, first, axes);
            System.arraycopy(before, 0, this.before, first, axes);
            var shape = new ArrayList<Integer>();
            for (int a = 0; a < axes; a++) {
                long room = (long) extents[a + 1] + before[a] + after[a] - (long) dilation[a] * (kernel[a] - 1) - 1;
                if (room < 0 || kernel[a] < 1) {
                    throw new IllegalArgumentException(
                            p.where() + ": expected a window that fits into the input, found one of "
                                    + Arrays.toString(kernel) + " over " + extents[a + 1]);
                }
                result[first + a] = Math.toIntExact(room / stride[a] + 1);
                shape.add(result[first + a]);
            }
            channels = extents[0];
            height = size[0];
            width = size[1];
            rows = result[0];
            columns = result[1];
            space = List.copyOf(shape);
        }
    }

    /** A convolution; pools are convolutions of each channel by itself. */
    private static final class Window extends Unit {
        private final Geometry g;
        private final int filters;
        private final int groups;
        private final double[] weight;
        private final double[] bias;

        Window(Geometry g, int filters, int groups, double[] weight, double[] bias) {
            super(shape(filters, g.space));
            this.g = g;
            this.filters = filters;
            this.groups = groups;
            this.weight = weight;
            this.bias = bias;
        }

        private static List<Integer> shape(int filters, List<Integer> space) {
            var shape = new ArrayList<Integer>();
            shape.add(filters);
            shape.addAll(space);
            return shape;
        }

        @Override
        Unit withoutBias() {
            return new Window(g, filters, groups, weight, new double[filters]);
        }

        @Override
        void step(double[] in, double[] out) {
            int perGroup = g.channels / groups;
            int at = 0;
            for (int f = 0; f < filters; f++) {
                int firstChannel = f / (filters / groups) * perGroup;
                for (int row = 0; row < g.rows; row++) {
                    for (int column = 0; column < g.columns; column++) {
                        out[at++] = bias[f] + sum(in, f, firstChannel, perGroup, row, column);
                    }
                }
            }
        }

        private double sum(double[] in, int filter, int firstChannel, int perGroup, int row, int column) {
            double sum = 0;
            int y0 = row * g.stride[0] - g.before[0];
            int x0 = column * g.stride[1] - g.before[1];
            int w = filter * perGroup * g.kernel[0] * g.kernel[1];
            for (int c = firstChannel; c < firstChannel + perGroup; c++) {
                for (int ky = 0; ky < g.kernel[0]; ky++) {
                    int y = y0 + ky * g.dilation[0];
                    for (int kx = 0; kx < g.kernel[1]; kx++, w++) {
                        int x = x0 + kx * g.dilation[1];
                        if (y >= 0 && y < g.height && x >= 0 && x < g.width) {
                            sum += weight[w] * in[(c * g.height + y) * g.width + x];
                        }
                    }
                }
            }
            return sum;
        }
    }
}
