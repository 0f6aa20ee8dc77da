package io.keyspike.trainer.chip;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.models.network.Tensor;
import io.keyspike.trainer.features.FrameStacking;
import io.keyspike.trainer.features.LabelledFrames;
import io.keyspike.trainer.layers.SynapseShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Initial weights in the fluctuation-driven regime (Rossbroich, Gygax and Zenke 2022, "Fluctuation-driven initialization for
 * spiking neural network training", Neuromorphic Computing and Engineering 2): the membrane's fluctuations, not its mean,
 * carry it over the threshold. Their equation 6 gives the weights' deviation from the input's rate ν, the number of inputs
 * n and the kernel of one spike, whose energy in steps is 1/(1 − β²) for a leak of β:
 *
 * <pre>σ_w = (θ/ξ)·√((1 − β²)/(n·ν))</pre>
 *
 * That takes the inputs for independent and the membrane for unbounded, which sound and a floor at 0 are not. So rates are
 * then measured on data, layer by layer, and the layer's weights scaled until its mean rate is the target. A diagonal
 * synapse has nothing to fluctuate with: each of its weights is scaled to the target on its own.
 */
public final class FluctuationInit {

    /** Standard deviations of the membrane between its mean and the threshold. */
    private static final double XI = 2;

    /** Clips that rates are measured on. */
    private static final int CLIPS = 96;

    /** Halvings of the interval of scales. */
    private static final int BISECTIONS = 14;

    /** Scales that are tried lie within this factor of the equation's weights, up and down. */
    private static final double WIDEST = 32;

    private final KernelBackend backend;
    private final FrameStacking stacking;
    private final LabelledFrames clips;
    private final float limit;

    /**
     * @param clips training clips, the first of which rates are measured on
     * @param limit largest magnitude of a weight; infinite for none
     */
    public FluctuationInit(KernelBackend backend, FrameStacking stacking, LabelledFrames clips, float limit) {
        this.backend = backend;
        this.stacking = stacking;
        this.clips = clips;
        this.limit = limit;
    }

    /**
     * Scales the weights of some layers, from the input on.
     *
     * @param network as initialised; its chain is synapse, neurons, synapse, neurons …
     * @param synapses of the network, whose values are written
     * @param targets mean firing rate by layer; others are left as they are
     * @throws IllegalArgumentException if the network is not a chain: layers are scaled one after the other, each on the
     *     spikes of the one before
     */
    public void apply(Network network, List<SynapseShape> synapses, Map<String, Double> targets) {
        Map<String, Tensor> tensors = new HashMap<>(network.tensors());
        List<Node> chain = network.graph().chain();
        int steps = stacking.steps(clips.frames().frames());
        int batch = Math.min(CLIPS, clips.clips());
        float[] x = input(steps, batch);
        double step = network.graph().stepSeconds();
        for (int l = 0; l < synapses.size(); l++) {
            SynapseShape synapse = synapses.get(l);
            Node wires = chain.get(1 + 2 * l);
            Node neurons = chain.get(2 + 2 * l);
            var layer = new Layer(step, wires, neurons, tensors, backend, steps, batch, x);
            Double target = targets.get(synapse.weight().layer());
            if (target != null) {
                float[] weight = synapse.weight().values();
                if (synapse.dense()) {
                    scaleToEquation(weight, layer, synapse.inputs());
                    bisectAll(weight, layer, target);
                } else {
                    bisectEach(weight, layer, target);
                }
            }
            x = layer.spikes(synapse.weight().values());
        }
    }

    private float[] input(int steps, int batch) {
        float[] input = new float[steps * batch * stacking.width()];
        float[] frames = new float[clips.frames().frames() * stacking.frameWidth()];
        int every = clips.clips() / batch;
        for (int b = 0; b < batch; b++) {
            clips.frames().read(b * every, 0, clips.frames().frames(), frames, 0);
            stacking.stack(frames, clips.frames().frames(), input, b, batch);
        }
        return input;
    }

    /** Equation 6, the mean shift of the weights being left as the configuration has it. */
    private static void scaleToEquation(float[] weight, Layer layer, int inputs) {
        double power = 0;
        for (float value : layer.input()) {
            power += (double) value * value;
        }
        double rate = power / layer.input().length;
        double beta = layer.decay();
        double wanted = layer.threshold() / XI * Math.sqrt((1 - beta * beta) / Math.max(1e-6, inputs * rate));
        double mean = 0;
        for (float w : weight) {
            mean += w;
        }
        mean /= weight.length;
        double variance = 0;
        for (float w : weight) {
            variance += (w - mean) * (w - mean);
        }
        double deviation = Math.sqrt(variance / weight.length);
        if (deviation > 0) {
            scale(weight, wanted / deviation);
        }
    }

    private static void scale(float[] weight, double by) {
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) (weight[i] * by);
        }
    }

    /** One scale for all weights, by bisection of its logarithm; rates rise with it as far as the limit lets them. */
    private void bisectAll(float[] weight, Layer layer, double target) {
        float[] start = weight.clone();
        double low = 1 / WIDEST;
        double high = WIDEST;
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = Math.sqrt(low * high);
            put(weight, start, middle);
            if (mean(layer.rates(weight)) < target) {
                low = middle;
            } else {
                high = middle;
            }
        }
        put(weight, start, Math.sqrt(low * high));
    }

    private void put(float[] weight, float[] start, double scale) {
        for (int i = 0; i < weight.length; i++) {
            weight[i] = Math.clamp((float) (start[i] * scale), -limit, limit);
        }
    }

    /** A scale for each weight. */
    private void bisectEach(float[] weight, Layer layer, double target) {
        float[] start = weight.clone();
        double[] low = new double[weight.length];
        double[] high = new double[weight.length];
        Arrays.fill(low, 1 / WIDEST);
        Arrays.fill(high, WIDEST);
        for (int i = 0; i < BISECTIONS; i++) {
            putEach(weight, start, low, high);
            double[] rates = layer.rates(weight);
            for (int n = 0; n < weight.length; n++) {
                double middle = Math.sqrt(low[n] * high[n]);
                if (rates[n] < target) {
                    low[n] = middle;
                } else {
                    high[n] = middle;
                }
            }
        }
        putEach(weight, start, low, high);
    }

    private void putEach(float[] weight, float[] start, double[] low, double[] high) {
        for (int n = 0; n < weight.length; n++) {
            weight[n] = Math.clamp((float) (start[n] * Math.sqrt(low[n] * high[n])), -limit, limit);
        }
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }

    /** One synapse and its neurons, fed with what comes before them. */
    @SuppressWarnings("ArrayRecordComponent") // a view of one layer, never compared
    private record Layer(
            double step,
            Node wires,
            Node neurons,
            Map<String, Tensor> tensors,
            KernelBackend backend,
            int steps,
            int batch,
            float[] input) {

        double decay() {
            return mean("decay");
        }

        double threshold() {
            return mean("threshold");
        }

        private double mean(String parameter) {
            Tensor tensor = tensors.get(neurons.name() + "." + parameter);
            if (tensor == null) {
                throw new IllegalArgumentException("initialisation: expected integrate-and-fire neurons in "
                        + neurons.name() + ", found another kind");
            }
            double sum = 0;
            for (float value : tensor.values()) {
                sum += value;
            }
            return sum / tensor.values().length;
        }

        float[] spikes(float[] weight) {
            Map<String, Tensor> own = new HashMap<>();
            for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
                String node = e.getKey().substring(0, e.getKey().indexOf('.'));
                if (Set.of(wires.name(), neurons.name()).contains(node)) {
                    own.put(e.getKey(), e.getValue());
                }
            }
            Tensor meant = own.get(wires.name() + ".weight");
            if (meant == null) {
                throw new IllegalArgumentException(
                        "initialisation: expected a synapse before " + neurons.name() + ", found " + wires.name());
            }
            own.put(wires.name() + ".weight", new Tensor(meant.shape(), weight.clone()));
            List<Node> nodes = new ArrayList<>(List.of(new Node.Input("input", wires.inputs())));
            nodes.add(wires);
            nodes.add(neurons);
            var network = new Network(NetworkGraph.ofChain(step, nodes), own);
            return new SequenceNetwork(network, backend)
                    .forward(steps, batch, input)
                    .output();
        }

        double[] rates(float[] weight) {
            float[] spikes = spikes(weight);
            int width = neurons.outputs();
            double[] rates = new double[width];
            for (int i = 0; i < spikes.length; i++) {
                rates[i % width] += spikes[i];
            }
            Arrays.setAll(rates, n -> rates[n] / (steps * batch));
            return rates;
        }
    }
}
