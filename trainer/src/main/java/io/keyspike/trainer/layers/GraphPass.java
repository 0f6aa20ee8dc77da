package io.keyspike.trainer.layers;

import io.keyspike.trainer.config.Wiring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes passes through layers that form a graph. Layers run in the order in which they are declared, and backward in the
 * reverse of it. What a layer takes from several sources, or with a delay, is added up in a buffer of the layer's own, in the
 * order of its inputs; gradients that reach a layer from several others are added in the order of those. A layer with a
 * single source passes on what that gave, as a chain does, and never writes into it.
 *
 * <p>Loops, which pass through delays, are solved by repetition: the first pass has zeros where later layers feed earlier
 * ones, each of the next has what the one before left there. As nothing a layer does depends on later steps, pass k has the
 * first k·d steps right, d being the shortest delay, so the values stop changing after at most T/d passes, and then are
 * those of a computation step by step, to the last bit. The same holds for gradients, from the last step backward; those of
 * the parameters are what the last repetition adds.
 */
final class GraphPass {
    private final Wiring wiring;
    private final List<Integer> widths;
    private final List<TrainableLayer> layers;
    private final List<Wiring.Loop> loops;
    private final List<List<Wiring.Consumer>> consumers = new ArrayList<>();
    private final int maximumRows;
    private final float[][] gathered;
    private final float[][] gradients;
    private final float[][] fedBack;
    private final float[][] inputGradientBefore;
    private final float[][] outputs;
    private final float[][] inputGradients;
    private final List<float[]> parametersBefore = new ArrayList<>();

    GraphPass(Wiring wiring, List<Integer> widths, List<TrainableLayer> layers, int maximumRows) {
        this.wiring = wiring;
        this.widths = widths;
        this.layers = layers;
        this.maximumRows = maximumRows;
        loops = wiring.loops();
        int n = layers.size();
        gathered = new float[n][];
        gradients = new float[n][];
        fedBack = new float[n][];
        inputGradientBefore = new float[n][];
        outputs = new float[n][];
        inputGradients = new float[n][];
        for (int l = 0; l < n; l++) {
            gathered[l] = new float[wiring.direct(l) ? 0 : size(inputs(l))];
            consumers.add(wiring.consumers(l));
            gradients[l] = new float[passedOn(l) ? 0 : size(widths.get(l + 1))];
            int layer = l;
            boolean feedsBack = consumers.get(l).stream().anyMatch(c -> c.layer() <= layer);
            fedBack[l] = new float[feedsBack ? size(widths.get(l + 1)) : 0];
            boolean fed = wiring.sources().get(l).stream().anyMatch(s -> s.layer() >= layer);
            inputGradientBefore[l] = new float[fed ? size(inputs(l)) : 0];
            outputs[l] = new float[0];
            inputGradients[l] = new float[0];
        }
    }

    private int size(int width) {
        return Math.multiplyExact(maximumRows, width);
    }

    private int inputs(int layer) {
        return widths.get(wiring.sources().get(layer).getFirst().layer() + 1);
    }

    /** Whether the gradient of a layer's output is what one place gives, as that gives it. */
    private boolean passedOn(int layer) {
        List<Wiring.Consumer> to = consumers.get(layer);
        return layer == layers.size() - 1
                ? to.isEmpty()
                : to.size() == 1
                        && to.getFirst().delay() == 0
                        && wiring.direct(to.getFirst().layer());
    }

    private Wiring.@Nullable Loop loopFrom(int first) {
        return loops.stream().filter(l -> l.first() == first).findFirst().orElse(null);
    }

    private Wiring.@Nullable Loop loopTo(int last) {
        return loops.stream().filter(l -> l.last() == last).findFirst().orElse(null);
    }

    // ---- forward --------------------------------------------------------------------------------------------------

    /**
     * @param x the network's input, or what the first layer's stage {@code fromStage} takes
     * @param fromStage of the first layer
     * @return {@code [T, B, outputs]}
     */
    float[] forward(Pass pass, float[] x, int fromStage) {
        int l = 0;
        while (l < layers.size()) {
            Wiring.Loop loop = loopFrom(l);
            if (loop == null) {
                forwardLayer(pass, x, l, l == 0 ? fromStage : 0);
                l++;
            } else {
                forwardLoop(pass, x, loop, l == 0 ? fromStage : 0);
                l = loop.last() + 1;
            }
        }
        return outputs[layers.size() - 1];
    }

    private void forwardLoop(Pass pass, float[] x, Wiring.Loop loop, int fromStage) {
        for (int l = loop.first(); l <= loop.last(); l++) {
            Arrays.fill(fedBack[l], 0f);
        }
        boolean changed = true;
        while (changed) {
            for (int l = loop.first(); l <= loop.last(); l++) {
                forwardLayer(pass, x, l, l == 0 ? fromStage : 0);
            }
            changed = false;
            for (int l = loop.first(); l <= loop.last(); l++) {
                changed |= replace(fedBack[l], outputs[l], pass.rows() * widths.get(l + 1));
            }
        }
    }

    /** Copies values where there is a place for them. @return whether they differ from those there */
    private static boolean replace(float[] kept, float[] values, int size) {
        if (kept.length == 0 || Arrays.equals(kept, 0, size, values, 0, size)) {
            return false;
        }
        System.arraycopy(values, 0, kept, 0, size);
        return true;
    }

    private void forwardLayer(Pass pass, float[] x, int layer, int fromStage) {
        float[] y = fromStage > 0 ? x : input(pass, x, layer);
        List<Stage> stages = layers.get(layer).stages();
        for (int s = fromStage; s < stages.size(); s++) {
            y = stages.get(s).forward(pass, y);
        }
        outputs[layer] = y;
    }

    private float[] input(Pass pass, float[] x, int layer) {
        List<Wiring.Source> sources = wiring.sources().get(layer);
        if (wiring.direct(layer)) {
            return value(x, sources.getFirst().layer(), layer);
        }
        float[] sum = gathered[layer];
        int width = inputs(layer);
        int size = pass.rows() * width;
        for (int s = 0; s < sources.size(); s++) {
            float[] values = value(x, sources.get(s).layer(), layer);
            int shift = Math.min(size, sources.get(s).delay() * pass.batch() * width);
            if (s == 0) {
                Arrays.fill(sum, 0, shift, 0f);
                System.arraycopy(values, 0, sum, shift, size - shift);
            } else {
                for (int i = shift; i < size; i++) {
                    sum[i] += values[i - shift];
                }
            }
        }
        return sum;
    }

    private float[] value(float[] x, int source, int layer) {
        if (source == Wiring.INPUT) {
            return x;
        }
        return source < layer ? outputs[source] : fedBack[source];
    }

    // ---- backward -------------------------------------------------------------------------------------------------

    /**
     * @param outputGradient {@code [T, B, outputs]}; overwritten
     * @param membraneGradient of the last layer's membranes, or null
     * @param downTo the first layer's first stage to pass
     * @return gradient of what that stage took
     */
    float[] backward(Pass pass, float[] outputGradient, float @Nullable [] membraneGradient, int downTo) {
        int l = layers.size() - 1;
        while (l >= 0) {
            Wiring.Loop loop = loopTo(l);
            if (loop == null) {
                backwardLayer(pass, l, outputGradient, membraneGradient, downTo);
                l--;
            } else {
                backwardLoop(pass, loop, outputGradient, membraneGradient, downTo);
                l = loop.first() - 1;
            }
        }
        return inputGradients[0];
    }

    private void backwardLoop(
            Pass pass, Wiring.Loop loop, float[] outputGradient, float @Nullable [] membraneGradient, int downTo) {
        List<Parameter> parameters = layers.subList(loop.first(), loop.last() + 1).stream()
                .flatMap(l -> l.stages().stream())
                .flatMap(s -> s.parameters().stream())
                .toList();
        parametersBefore.clear();
        parameters.forEach(p -> parametersBefore.add(p.gradient().clone()));
        for (int l = loop.first(); l <= loop.last(); l++) {
            Arrays.fill(inputGradientBefore[l], 0f);
        }
        boolean changed = true;
        while (changed) {
            for (int p = 0; p < parameters.size(); p++) {
                float[] before = parametersBefore.get(p);
                System.arraycopy(before, 0, parameters.get(p).gradient(), 0, before.length);
            }
            for (int l = loop.last(); l >= loop.first(); l--) {
                backwardLayer(pass, l, outputGradient, membraneGradient, downTo);
            }
            changed = false;
            for (int l = loop.first(); l <= loop.last(); l++) {
                changed |= replace(inputGradientBefore[l], inputGradients[l], pass.rows() * inputs(l));
            }
        }
    }

    private void backwardLayer(
            Pass pass, int layer, float[] outputGradient, float @Nullable [] membraneGradient, int downTo) {
        boolean last = layer == layers.size() - 1;
        float[] dy = gradient(pass, layer, outputGradient);
        List<Stage> stages = layers.get(layer).stages();
        float[] dMembrane = last ? membraneGradient : null;
        boolean wanted = wiring.sources().get(layer).stream().anyMatch(s -> s.layer() != Wiring.INPUT);
        for (int s = stages.size() - 1; s >= (layer == 0 ? downTo : 0); s--) {
            dy = backward(stages.get(s), pass, dy, dMembrane, s > 0 || wanted);
        }
        inputGradients[layer] = dy;
    }

    /** One stage; only neurons take a gradient of membranes. */
    static float[] backward(Stage stage, Pass pass, float[] dy, float @Nullable [] dMembrane, boolean inputNeeded) {
        return dMembrane != null && stage instanceof Neurons last
                ? last.backward(pass, dy, dMembrane, inputNeeded)
                : stage.backward(pass, dy, inputNeeded);
    }

    /** Gradient of a layer's output, which the layer may overwrite. */
    private float[] gradient(Pass pass, int layer, float[] outputGradient) {
        boolean last = layer == layers.size() - 1;
        List<Wiring.Consumer> to = consumers.get(layer);
        if (passedOn(layer)) {
            return last ? outputGradient : inputGradients[to.getFirst().layer()];
        }
        float[] sum = gradients[layer];
        int width = widths.get(layer + 1);
        int size = pass.rows() * width;
        if (last) {
            System.arraycopy(outputGradient, 0, sum, 0, size);
        } else {
            Arrays.fill(sum, 0, size, 0f);
        }
        for (Wiring.Consumer c : to) {
            float[] values = c.layer() <= layer ? inputGradientBefore[c.layer()] : inputGradients[c.layer()];
            int shift = Math.min(size, c.delay() * pass.batch() * width);
            for (int i = shift; i < size; i++) {
                sum[i - shift] += values[i];
            }
        }
        return sum;
    }
}
