package io.keyspike.models.rockpool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.kernels.Reset;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.json.Json;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A network of ours as Rockpool's JSON. */
final class RockpoolWriter {
    private static final double UNLIMITED = 65_536;
    private static final int LONGEST_DECIMAL = 9;

    private final Network network;
    private final double dt;
    private final Map<String, List<String>> sources = new HashMap<>();

    /** By a recurrent layer's name, the synapse that its spikes take back to it. */
    private final Map<String, Node.Dense> recurrent = new HashMap<>();

    RockpoolWriter(Network network) {
        this.network = network;
        dt = network.graph().stepSeconds();
        for (NetworkGraph.Edge edge : network.graph().edges()) {
            sources.computeIfAbsent(edge.to(), k -> new ArrayList<>()).add(edge.from());
        }
        for (NetworkGraph.Edge edge : network.graph().edges()) {
            findRecurrence(edge);
        }
        for (Map.Entry<String, Node.Dense> entry : recurrent.entrySet()) {
            String sum = sources.getOrDefault(entry.getKey(), List.of()).getFirst();
            List<String> terms = new ArrayList<>(sources.getOrDefault(sum, List.of()));
            terms.remove(entry.getValue().name());
            sources.put(entry.getKey(), terms);
        }
    }

    /** An edge from neurons into a synapse that leads back to them, one step later. */
    private void findRecurrence(NetworkGraph.Edge edge) {
        if (edge.delaySteps() != 1
                || !(node(edge.to()) instanceof Node.Dense dense)
                || dense.biased()
                || !sources.getOrDefault(dense.name(), List.of()).equals(List.of(edge.from()))) {
            return;
        }
        List<String> into = sources.getOrDefault(edge.from(), List.of());
        if (into.size() == 1
                && node(into.getFirst()) instanceof Node.Sum sum
                && sources.getOrDefault(sum.name(), List.of()).size() == 2
                && sources.getOrDefault(sum.name(), List.of()).contains(dense.name())) {
            recurrent.put(edge.from(), dense);
        }
    }

    String json() throws ModelFileException {
        for (NetworkGraph.Edge edge : network.graph().edges()) {
            Node.Dense back = recurrent.get(edge.from());
            boolean own = back != null && back.name().equals(edge.to());
            if (edge.delaySteps() > 0 && !own) {
                throw new ModelFileException("rockpool: expected no delays, found one of " + edge.delaySteps()
                        + " steps from " + edge.from() + " to " + edge.to());
            }
        }
        ObjectNode root = Json.object();
        if (node("wave0_spk1") != null) {
            waveSense(root);
        } else {
            layers(root.putObject("seq"));
        }
        return Json.write(root);
    }

    // ---- WaveSense ------------------------------------------------------------------------------------------------

    private void waveSense(ObjectNode root) throws ModelFileException {
        root.put("dt", String.valueOf(dt));
        int blocks = 0;
        while (node("wave" + blocks + "_spk1") != null) {
            blocks++;
        }
        layer(
                root,
                "lin1",
                "spk1",
                "spk1",
                List.of(network.graph().plan().input().name()));
        var residual = new ArrayList<String>();
        residual.add("spk1");
        var skips = new ArrayList<String>();
        int layers = 1;
        for (int b = 0; b < blocks; b++) {
            String prefix = "wave" + b + "_";
            ObjectNode block = root.putObject("wave" + b);
            block.put("neuron_model", "null");
            String spikes = prefix + "spk1";
            layer(block, "lin1", "spk1", spikes, residual);
            String skip = prefix + "spk2_skip";
            layer(block, "lin2_skip", "spk2_skip", skip, List.of(spikes));
            skips.add(skip);
            String path = prefix + "spk2_res";
            layers += 2;
            if (node(path) != null) {
                layer(block, "lin2_res", "spk2_res", path, List.of(spikes));
                residual.add(path);
                layers++;
            } else if (b == blocks - 1) {
                silentResidual(block, require(spikes).outputs(), require("spk1"));
            } else {
                throw new ModelFileException(path + ": expected neurons, found none");
            }
        }
        layer(root, "hidden", "spk2", "spk2", skips);
        layer(root, "readout", "spk_out", "spk_out", List.of("spk2"));
        requireLayers(layers + 2);
    }

    /** The last block's residual path leads nowhere; Rockpool wants it, so it gets weights of 0. */
    private void silentResidual(ObjectNode block, int width, Node like) throws ModelFileException {
        block.putObject("lin2_res").put("weight", table(width, width, new float[width * width]));
        Node.CurrentLif lif = neurons(like);
        block.set(
                "spk2_res", lif(width, 1, lif, network.tensor(lif, "decay").values(), Columns.of(network, lif), null));
    }

    private void requireLayers(int layers) throws ModelFileException {
        long found = network.graph().nodes().stream()
                .filter(n -> n.spikes() || n instanceof Node.Readout)
                .count();
        if (found != layers) {
            throw new ModelFileException(
                    "rockpool: expected the " + layers + " layers of WaveSense, found " + found + " layers of neurons");
        }
    }

    // ---- layers that follow one another ---------------------------------------------------------------------------

    private void layers(ObjectNode seq) throws ModelFileException {
        List<Node> nodes = new ArrayList<>();
        String at = network.graph().plan().output().name();
        while (!require(at).equals(network.graph().plan().input())) {
            nodes.addFirst(require(at));
            List<String> before = sources.getOrDefault(at, List.of());
            if (before.size() != 1) {
                throw new ModelFileException(
                        at + ": expected WaveSense, or layers that follow one another, found a sum of " + before.size()
                                + " nodes");
            }
            at = before.getFirst();
        }
        // a recurrent layer's synapse and sum are told by its module
        int all = network.graph().nodes().size() - 1 - 2 * recurrent.size();
        if (nodes.size() != all || nodes.size() % 2 != 0) {
            throw new ModelFileException(
                    "rockpool: expected WaveSense, or layers that follow one another, found " + all + " nodes");
        }
        String before = at;
        for (int l = 0; l < nodes.size(); l += 2) {
            String prefix = l == nodes.size() - 2 ? "out" : String.valueOf(l / 2);
            String name = nodes.get(l + 1).name();
            layer(seq, prefix + "_linear", prefix + "_neurons", name, List.of(before));
            before = name;
        }
    }

    // ---- one layer ------------------------------------------------------------------------------------------------

    private void layer(ObjectNode to, String linearKey, String lifKey, String name, List<String> inputs)
            throws ModelFileException {
        Node neurons = require(name);
        List<String> synapses = sources.getOrDefault(name, List.of());
        if (synapses.size() != 1 || !(require(synapses.getFirst()) instanceof Node.Dense dense)) {
            throw new ModelFileException(name + ": expected a dense synapse before it, found " + synapses);
        }
        List<String> found = sources.getOrDefault(dense.name(), List.of());
        if (found.size() == 1 && require(found.getFirst()) instanceof Node.Sum sum) {
            found = sources.getOrDefault(sum.name(), List.of());
        }
        if (!found.equals(inputs)) {
            throw new ModelFileException(name + ": expected the inputs " + inputs + ", found " + found);
        }
        float[] weight = network.tensor(dense, "weight").values();
        float @Nullable [] bias = dense.biased() ? network.tensor(dense, "bias").values() : null;
        ObjectNode linear = to.putObject(linearKey);
        if (neurons instanceof Node.Readout readout) {
            linear.put("weight", table(dense.inputs(), dense.outputs(), weight));
            if (bias != null) {
                linear.put("bias", list(bias));
            }
            float[] decay = network.tensor(readout, "decay").values();
            float[] threshold = new float[decay.length];
            Arrays.fill(threshold, 1f);
            to.set(lifKey, lif(readout.width(), 1, null, decay, new Columns(decay, threshold, 1), null));
            return;
        }
        Node.CurrentLif lif = neurons(neurons);
        Columns columns = Columns.of(network, lif);
        int last = lif.synapses() - 1;
        boolean biased = isBiased(network, lif);
        int given = biased ? last : lif.synapses();
        if (given == 0) {
            throw new ModelFileException(name + ": expected at least one synaptic current, found none");
        }
        linear.put("weight", table(dense.inputs(), given * lif.width(), byNeuron(name, weight, dense, lif, given)));
        float[] membraneBias = null;
        if (bias != null) {
            float[] b = byNeuron(name, bias, new Node.Dense(name, 1, dense.outputs(), false), lif, given);
            if (!Arrays.equals(b, new float[b.length])) {
                linear.put("bias", list(b));
            }
            if (biased) {
                membraneBias = Arrays.copyOfRange(bias, last * lif.width(), bias.length);
                for (int n = 0; n < membraneBias.length; n++) {
                    membraneBias[n] /= RockpoolLif.BIAS_SCALE;
                }
            }
        }
        float[] decay = network.tensor(lif, "decay").values();
        ObjectNode module = lif(lif.width(), given, lif, decay, columns, membraneBias);
        Node.Dense back = recurrent.get(name);
        if (back != null) {
            module.put("_has_rec", "true");
            float[] w = byNeuron(name, network.tensor(back, "weight").values(), back, lif, given);
            module.put("w_rec", table(lif.width(), given * lif.width(), w));
        }
        to.set(lifKey, module);
    }

    /** Whether the last of a layer's currents is a bias of its membranes. */
    static boolean isBiased(Network network, Node.CurrentLif lif) {
        return lif.synapses() > 1 && Columns.of(network, lif).isBias(lif.synapses() - 1, lif.width());
    }

    /** Columns in Rockpool's order, n·S + s, out of ours, s·N + n; those beyond S are those of a bias. */
    private static float[] byNeuron(String name, float[] values, Node.Dense dense, Node.CurrentLif lif, int synapses)
            throws ModelFileException {
        int width = lif.width();
        float[] result = new float[dense.inputs() * synapses * width];
        for (int i = 0; i < dense.inputs(); i++) {
            for (int c = 0; c < dense.outputs(); c++) {
                float value = values[i * dense.outputs() + c];
                int s = c / width;
                if (s < synapses) {
                    result[(i * width + c % width) * synapses + s] = value;
                } else if (value != 0 && dense.inputs() > 1) {
                    throw new ModelFileException(
                            name + ": expected no weights on the current of a bias, found " + value);
                }
            }
        }
        return result;
    }

    /**
     * Time constants of synapses.
     *
     * @param synapseDecay {@code [S, N]}
     * @param threshold {@code [N]}
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
    private record Columns(float[] synapseDecay, float[] threshold, int maximumSpikes) {
        static Columns of(Network network, Node.CurrentLif lif) {
            return new Columns(
                    lif.synapses() == 0
                            ? new float[0]
                            : network.tensor(lif, "synapse_decay").values(),
                    network.tensor(lif, "threshold").values(),
                    lif.maximumSpikes());
        }

        boolean isBias(int synapse, int width) {
            for (int n = 0; n < width; n++) {
                if (synapseDecay[synapse * width + n] != RockpoolLif.BIAS_DECAY) {
                    return false;
                }
            }
            return true;
        }
    }

    private ObjectNode lif(
            int width,
            int synapses,
            Node.@Nullable CurrentLif node,
            float[] decay,
            Columns columns,
            float @Nullable [] bias)
            throws ModelFileException {
        ObjectNode lif = Json.object();
        boolean taus = between0And1(decay) && between0And1(columns.synapseDecay());
        float[] synapse = new float[width * synapses];
        float[] membrane = new float[width];
        float[] threshold = new float[width];
        int n0 = decay.length;
        for (int n = 0; n < width; n++) {
            membrane[n] = taus ? tau(decay[n % n0]) : decay[n % n0];
            threshold[n] = columns.threshold()[n % n0];
            for (int s = 0; s < synapses; s++) {
                float d = columns.synapseDecay()[s * n0 + n % n0];
                synapse[n * synapses + s] = taus ? tau(d) : d;
            }
        }
        lif.put(taus ? "tau_mem" : "alpha", scalarOrList(membrane));
        lif.put(
                taus ? "tau_syn" : "beta",
                synapses == 1 && uniform(synapse) ? number(synapse[0]) : table(width, synapses, synapse));
        lif.put("threshold", scalarOrList(threshold));
        lif.put("bias", bias == null ? "0.0" : scalarOrList(bias));
        boolean unlimited = node == null || node.maximumSpikes() == NetworkGraph.MAXIMUM_SPIKES;
        lif.put("max_spikes_per_dt", String.valueOf(unlimited ? UNLIMITED : (double) columns.maximumSpikes()));
        lif.put("dt", String.valueOf(dt));
        lif.put("noise_std", "0.0");
        lif.put("learning_window", "0.5");
        lif.put("leak_mode", taus ? "\"taus\"" : "\"decays\"");
        lif.put("_has_rec", "false");
        lif.put("w_rec", table(width, width * synapses, new float[width * width * synapses]));
        lif.put("spike_generation_fn", "null");
        return lif;
    }

    private static boolean between0And1(float[] decays) {
        for (float d : decays) {
            if (!(d > 0 && d < 1)) {
                return false;
            }
        }
        return true;
    }

    /** The shortest decimal of those time constants that give the decay: files keep decays, and many constants give the same. */
    private float tau(float decay) throws ModelFileException {
        double exact = -dt / Math.log(decay);
        for (int digits = 1; digits <= LONGEST_DECIMAL; digits++) {
            float tau = Float.parseFloat(String.format(java.util.Locale.ROOT, "%." + (digits - 1) + "e", exact));
            if ((float) Math.exp(-dt / tau) == decay) {
                return tau;
            }
        }
        // The float next to the exact constant may round to the decay beside ours by less than a bit.
        return (float) exact;
    }

    private static boolean uniform(float[] values) {
        for (float v : values) {
            if (v != values[0]) {
                return false;
            }
        }
        return true;
    }

    private static String scalarOrList(float[] values) {
        return uniform(values) ? number(values[0]) : list(values);
    }

    /** With all digits of the float as a double, as Rockpool writes it. */
    private static String number(float value) {
        return String.valueOf((double) value);
    }

    private static String list(float[] values) {
        return row(values, 0, values.length);
    }

    private static String row(float[] values, int from, int to) {
        var text = new StringBuilder("[");
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ", ").append((double) values[i]);
        }
        return text.append(']').toString();
    }

    private static String table(int rows, int columns, float[] values) {
        var text = new StringBuilder("[");
        for (int r = 0; r < rows; r++) {
            text.append(r == 0 ? "" : ", ").append(row(values, r * columns, (r + 1) * columns));
        }
        return text.append(']').toString();
    }

    private @Nullable Node node(String name) {
        return network.graph().nodes().stream()
                .filter(n -> n.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private Node require(String name) throws ModelFileException {
        Node node = node(name);
        if (node == null) {
            throw new ModelFileException("rockpool: expected a node " + name + ", found none");
        }
        return node;
    }

    private static Node.CurrentLif neurons(Node node) throws ModelFileException {
        if (!(node instanceof Node.CurrentLif lif)) {
            throw new ModelFileException(node.name() + ": expected current-lif neurons, found " + node.kind());
        }
        if (lif.reset() != Reset.SUBTRACT || lif.membraneFloor() != null) {
            throw new ModelFileException(node.name() + ": expected a reset by subtraction and no floor, found "
                    + lif.reset() + " and " + lif.membraneFloor());
        }
        if (lif.rule().normalised()) {
            throw new ModelFileException(node.name() + ": expected input that is not normalised, found one that is");
        }
        return lif;
    }
}
