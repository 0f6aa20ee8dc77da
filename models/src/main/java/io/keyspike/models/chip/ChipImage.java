package io.keyspike.models.chip;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A network as a chip holds it: integers, and the few constants that all of its neurons share. What only counts the output
 * neurons' spikes is left to the reader of those spikes.
 *
 * @param profile name of the chip's profile
 * @param model version of the model that it was made of
 * @param stepSeconds length of a time step, in seconds
 * @param weightBits of a weight, with its sign
 * @param weightStep what a magnitude of 1 stands for
 * @param signGroup how many consecutive inputs of a neuron share their sign
 * @param threshold membrane at which any neuron fires, above 0
 * @param reset what a spike does to the membrane of its neuron
 * @param membraneFloor lower clamp of all membranes; null for none
 * @param decays per step, by time-constant code
 * @param layers in the order the data passes them
 * @param map which neuron sits in which core
 */
public record ChipImage(
        String profile,
        String model,
        double stepSeconds,
        int weightBits,
        float weightStep,
        int signGroup,
        float threshold,
        Reset reset,
        @Nullable Float membraneFloor,
        List<Float> decays,
        List<Layer> layers,
        CoreMap map) {

    /** How a layer's synapses are wired. */
    public enum Wiring {
        /** Filter n to neuron n. */
        FRONT_END,
        /** Every input to every neuron. */
        DENSE
    }

    /**
     * Neurons and the synapses that feed them.
     *
     * @param name of the neurons' node
     * @param synapse name of the synapse's node
     * @param wiring which inputs reach which neurons
     * @param inputs width of the layer before, or of the features; equal to {@code neurons} of a front end
     * @param neurons width of this layer
     * @param magnitudes of the weights: {@code [neurons]} of a front end, else {@code [inputs, neurons]}
     * @param signs 1 or −1: {@code [neurons]} of a front end, else {@code [groups, neurons]}
     * @param timeConstantCodes {@code [neurons]}
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by content below
    public record Layer(
            String name,
            String synapse,
            Wiring wiring,
            int inputs,
            int neurons,
            int[] magnitudes,
            int[] signs,
            int[] timeConstantCodes) {

        /** Signed code of a weight, by its index in {@link #magnitudes}. */
        int code(int index, int signGroup) {
            int sign = wiring == Wiring.FRONT_END
                    ? signs[index]
                    : signs[index / neurons / signGroup * neurons + index % neurons];
            return sign * magnitudes[index];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Layer l
                    && name.equals(l.name)
                    && synapse.equals(l.synapse)
                    && wiring == l.wiring
                    && inputs == l.inputs
                    && neurons == l.neurons
                    && Arrays.equals(magnitudes, l.magnitudes)
                    && Arrays.equals(signs, l.signs)
                    && Arrays.equals(timeConstantCodes, l.timeConstantCodes);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Arrays.hashCode(magnitudes);
        }

        @Override
        public String toString() {
            return "Layer[" + name + ", " + wiring + ", " + inputs + " -> " + neurons + "]";
        }
    }

    /**
     * Checks that ranges are kept and that the layers fit together.
     *
     * @throws IllegalArgumentException naming what is out of range or does not fit together
     */
    public ChipImage {
        decays = List.copyOf(decays);
        layers = List.copyOf(layers);
        require(
                weightBits >= WeightGrid.LEAST_BITS && weightBits <= WeightGrid.MOST_BITS,
                "weight bits",
                WeightGrid.LEAST_BITS + " to " + WeightGrid.MOST_BITS,
                weightBits);
        require(
                WeightGrid.isStep(weightStep),
                "weight step",
                "above 0, with few enough significant bits for exact sums",
                weightStep);
        require(signGroup >= 1, "sign group", "at least 1", signGroup);
        require(threshold > 0 && Float.isFinite(threshold), "threshold", "above 0", threshold);
        require(!layers.isEmpty(), "layers", "at least one", "none");
        for (float decay : decays) {
            require(decay >= 0 && decay <= 1, "decays", "0 to 1", decay);
        }
        int width = layers.getFirst().inputs();
        for (Layer layer : layers) {
            require(
                    layer.inputs() == width,
                    layer.name() + ": inputs",
                    width + ", the width of the layer before",
                    layer.inputs());
            checkLayer(layer, (1 << (weightBits - 1)) - 1, signGroup, decays.size());
            width = layer.neurons();
        }
    }

    private static void checkLayer(Layer layer, int mostCode, int signGroup, int decays) {
        boolean dense = layer.wiring() == Wiring.DENSE;
        int neurons = layer.neurons();
        int weights = Math.multiplyExact(dense ? layer.inputs() : 1, neurons);
        int groups = dense ? new SignGroups(layer.inputs(), neurons, signGroup).perNeuron() : 1;
        require(dense || layer.inputs() == neurons, layer.name() + ": neurons", layer.inputs() + "", neurons);
        values(layer.name() + ": magnitudes", layer.magnitudes(), weights, 0, mostCode);
        values(layer.name() + ": signs", layer.signs(), groups * neurons, -1, 1);
        for (int sign : layer.signs()) {
            require(sign != 0, layer.name() + ": signs", "1 or -1", sign);
        }
        values(layer.name() + ": time-constant codes", layer.timeConstantCodes(), neurons, 0, decays - 1);
    }

    private static void values(String what, int[] values, int count, int least, int most) {
        require(values.length == count, what, count + " of them", values.length);
        for (int value : values) {
            require(value >= least && value <= most, what, least + " to " + most, value);
        }
    }

    private static void require(boolean holds, String what, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "chip image: expected " + what + " to be " + expected + ", found " + found);
        }
    }

    /**
     * The image of a model.
     *
     * @param model whose weights, thresholds and decays the chip can store as they are; see {@link ChipProjection}
     * @param profile the chip
     * @return the image, without what is counted off the chip
     * @throws IllegalArgumentException with the first violation, if the model does not fit the chip; or if it has recurrent
     *     layers, which an image has no place for
     */
    public static ChipImage of(KeywordModel model, ChipProfile profile) {
        ChipCheck check = ChipCheck.of(model, profile);
        CoreMap map = check.map();
        if (!check.fits() || map == null) {
            throw new IllegalArgumentException("chip image: expected a model that fits " + profile.name() + ", found "
                    + check.violations().size() + " violations, the first: "
                    + check.violations().getFirst().sentence());
        }
        for (Node node : model.network().graph().chain()) {
            if (node.recurrence() != RecurrentWiring.NONE) {
                throw new IllegalArgumentException(
                        "chip image: expected layers that feed forward, found recurrent synapses of " + node.name());
            }
        }
        return new Builder(model, profile).image(map);
    }

    /**
     * The network that this is the image of, its weights being {@code code · step}: the same to the last bit.
     *
     * @return a chain that ends with the spikes of the last layer, without what is counted off the chip
     */
    public Network network() {
        Map<String, Tensor> tensors = new TreeMap<>();
        var nodes = new ArrayList<Node>();
        nodes.add(new Node.Input("input", layers.getFirst().inputs()));
        for (Layer layer : layers) {
            boolean dense = layer.wiring() == Wiring.DENSE;
            float[] weight = weights(layer);
            nodes.add(
                    dense
                            ? new Node.Dense(layer.synapse(), layer.inputs(), layer.neurons(), false)
                            : new Node.Diagonal(layer.synapse(), layer.neurons()));
            tensors.put(
                    layer.synapse() + ".weight",
                    dense ? Tensor.matrix(layer.inputs(), layer.neurons(), weight) : Tensor.vector(weight));
            nodes.add(new Node.Lif(layer.name(), layer.neurons(), reset, membraneFloor));
            tensors.put(layer.name() + ".decay", Tensor.vector(decays(layer)));
            tensors.put(layer.name() + ".threshold", Tensor.vector(thresholds(layer)));
        }
        return new Network(NetworkGraph.ofChain(stepSeconds, nodes), tensors);
    }

    /** Weights of a layer as numbers; exact. */
    float[] weights(Layer layer) {
        float[] weight = new float[layer.magnitudes().length];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = layer.code(i, signGroup) * weightStep;
        }
        return weight;
    }

    float[] decays(Layer layer) {
        float[] decay = new float[layer.neurons()];
        for (int n = 0; n < decay.length; n++) {
            decay[n] = decays.get(layer.timeConstantCodes()[n]);
        }
        return decay;
    }

    float[] thresholds(Layer layer) {
        float[] all = new float[layer.neurons()];
        Arrays.fill(all, threshold);
        return all;
    }

    private static final class Builder {
        private final KeywordModel model;
        private final ChipProfile profile;
        private final Network network;
        private final List<Float> decays;

        Builder(KeywordModel model, ChipProfile profile) {
            this.model = model;
            this.profile = profile;
            network = model.network();
            decays = decayTable();
        }

        ChipImage image(CoreMap map) {
            List<Node> chain = HostReadout.onChip(network);
            var layers = new ArrayList<Layer>();
            for (int i = 1; i + 1 < chain.size(); i += 2) {
                layers.add(layer(chain.get(i), (Node.Lif) chain.get(i + 1)));
            }
            return new ChipImage(
                    profile.name(),
                    model.version(),
                    network.graph().stepSeconds(),
                    profile.synapse().bits(),
                    profile.grid().step(),
                    profile.synapse().signGroup(),
                    profile.neuron().threshold(),
                    profile.neuron().reset(),
                    profile.neuron().membraneFloor(),
                    decays,
                    layers,
                    map);
        }

        /** The chip's own codes where it has any, else one for each decay that occurs. */
        private List<Float> decayTable() {
            List<Float> permitted =
                    profile.neuron().leak().table(network.graph().stepSeconds());
            if (!permitted.isEmpty()) {
                return permitted;
            }
            var occurring = new TreeSet<Float>();
            for (Node node : network.graph().chain()) {
                if (node instanceof Node.Lif lif) {
                    for (float decay : network.tensor(lif, "decay").values()) {
                        occurring.add(decay);
                    }
                }
            }
            return List.copyOf(occurring);
        }

        private Layer layer(Node synapse, Node.Lif neurons) {
            float[] weight = network.tensor(synapse, "weight").values();
            int[] magnitudes = new int[weight.length];
            for (int i = 0; i < weight.length; i++) {
                magnitudes[i] = Math.abs(profile.grid().code(weight[i]));
            }
            boolean dense = synapse instanceof Node.Dense;
            return new Layer(
                    neurons.name(),
                    synapse.name(),
                    dense ? Wiring.DENSE : Wiring.FRONT_END,
                    synapse.inputs(),
                    neurons.width(),
                    magnitudes,
                    dense ? signs(weight, synapse) : ones(weight.length),
                    codes(neurons));
        }

        private static int[] ones(int length) {
            int[] ones = new int[length];
            Arrays.fill(ones, 1);
            return ones;
        }

        private int[] signs(float[] weight, Node synapse) {
            var groups = new SignGroups(
                    synapse.inputs(), synapse.outputs(), profile.synapse().signGroup());
            int[] signs = new int[groups.perNeuron() * groups.outputs()];
            for (int group = 0; group < groups.perNeuron(); group++) {
                for (int n = 0; n < groups.outputs(); n++) {
                    signs[group * groups.outputs() + n] = groups.sign(weight, group, n);
                }
            }
            return signs;
        }

        private int[] codes(Node.Lif neurons) {
            float[] decay = network.tensor(neurons, "decay").values();
            int[] codes = new int[decay.length];
            for (int n = 0; n < decay.length; n++) {
                codes[n] = decays.indexOf(decay[n]);
                require(
                        codes[n] >= 0,
                        neurons.name() + "[" + n + "]: decay",
                        "one of " + decays + " bit for bit (chip fit snaps to them)",
                        decay[n]);
            }
            return codes;
        }
    }
}
