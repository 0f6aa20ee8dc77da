package io.keyspike.models.rockpool;

import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Nodes, edges and tensors of a network that is being read, layer by layer, as the trainer's export names them. */
final class GraphParts {
    static final String INPUT = "input";

    /** What is behind a recurrent layer's name: the synapse that its spikes take, and the sum of its currents. */
    static final String BACK = "_rec";

    static final String CURRENTS = "_currents";

    private final Map<String, Tensor> tensors = new TreeMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<NetworkGraph.Edge> edges = new ArrayList<>();
    private double dt;

    /**
     * A linear layer and its neurons.
     *
     * @param sources names of the nodes that are added and fed to it
     * @return name of its neurons
     */
    String layer(String synapseName, String name, List<String> sources, RockpoolModule linear, RockpoolModule lif)
            throws ModelFileException {
        RockpoolModule.Numbers weight = linear.numbers("weight");
        float[] bias =
                linear.value("bias") == null ? null : linear.numbers("bias").each(weight.columns());
        linear.requireAllRead();
        RockpoolLif neurons = RockpoolLif.read(lif, weight.columns());
        if (nodes.isEmpty()) {
            nodes.add(new Node.Input(INPUT, weight.rows()));
            dt = neurons.dt();
        }
        if (neurons.dt() != dt) {
            throw new ModelFileException(
                    lif.name("dt") + ": expected " + dt + " as in the first layer, found " + neurons.dt());
        }
        return connected(synapseName, name, sources, neurons.synapse(synapseName, weight, bias, tensors), neurons);
    }

    private String connected(
            String synapseName, String name, List<String> sources, Node.Dense synapse, RockpoolLif neurons) {
        String entry = synapseName;
        if (sources.size() > 1) {
            entry = name + "_sum";
            nodes.add(new Node.Sum(entry, synapse.inputs()));
        }
        for (String source : sources) {
            edges.add(new NetworkGraph.Edge(source, entry));
        }
        if (sources.size() > 1) {
            edges.add(new NetworkGraph.Edge(entry, synapseName));
        }
        nodes.add(synapse);
        nodes.add(neurons.node(name, tensors));
        RockpoolModule.Numbers recurrent = neurons.recurrent();
        if (recurrent == null) {
            edges.add(new NetworkGraph.Edge(synapseName, name));
            return name;
        }
        Node.Dense back = neurons.back(name + BACK, recurrent, tensors);
        var sum = new Node.Sum(name + CURRENTS, back.outputs());
        nodes.add(back);
        nodes.add(sum);
        edges.add(new NetworkGraph.Edge(synapseName, sum.name()));
        edges.add(new NetworkGraph.Edge(back.name(), sum.name()));
        edges.add(new NetworkGraph.Edge(sum.name(), name));
        edges.add(new NetworkGraph.Edge(name, back.name(), 1));
        return name;
    }

    /** Neurons without a linear layer before them: each input is one of the module's, in Rockpool's order. */
    String alone(RockpoolModule lif) throws ModelFileException {
        int columns = RockpoolLif.columns(lif);
        RockpoolLif neurons = RockpoolLif.read(lif, columns);
        float[] weight = new float[Math.multiplyExact(columns, columns)];
        for (int c = 0; c < columns; c++) {
            weight[c * columns + c] = 1;
        }
        nodes.add(new Node.Input(INPUT, columns));
        dt = neurons.dt();
        return connected(
                "input_linear",
                "neurons",
                List.of(INPUT),
                neurons.synapse(
                        "input_linear", new RockpoolModule.Numbers("", columns, columns, weight), null, tensors),
                neurons);
    }

    Network network(String output) {
        boolean single = nodes.stream()
                        .filter(n -> edges.stream().noneMatch(e -> e.from().equals(n.name())))
                        .count()
                == 1;
        return new Network(new NetworkGraph(dt, nodes, edges, single ? List.of() : List.of(output)), tensors);
    }
}
