package io.keyspike.trainer.evaluate;

import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A population code as a model has it: behind the output neurons, of which a consecutive block belongs to each class, stands
 * a readout without memory that sums each block's spikes. Its sum over the steps is the class's count, as in training.
 */
public final class PopulationReadout {
    private static final String NAME = "population";

    private PopulationReadout() {}

    /** The network itself where the population is 1. */
    public static Network behind(Network network, int population) {
        if (population == 1) {
            return network;
        }
        NetworkGraph graph = network.graph();
        Node coded = graph.plan().output();
        int neurons = coded.outputs();
        int classes = neurons / population;
        var tensors = new TreeMap<>(network.tensors());
        float[] blocks = new float[neurons * classes];
        for (int n = 0; n < neurons; n++) {
            blocks[n * classes + n / population] = 1;
        }
        String synapse = NAME + "_synapse";
        var nodes = new ArrayList<>(graph.nodes());
        nodes.add(new Node.Dense(synapse, neurons, classes, false));
        nodes.add(new Node.Readout(NAME, classes));
        var edges = new ArrayList<>(graph.edges());
        edges.add(new NetworkGraph.Edge(coded.name(), synapse));
        edges.add(new NetworkGraph.Edge(synapse, NAME));
        tensors.put(synapse + ".weight", Tensor.matrix(neurons, classes, blocks));
        float[] withoutMemory = new float[classes];
        tensors.put(NAME + ".decay", Tensor.vector(withoutMemory));
        return new Network(new NetworkGraph(graph.stepSeconds(), nodes, edges, outputs(graph)), tensors);
    }

    /** The counts take the place of the neurons that they are of, the first output. */
    private static List<String> outputs(NetworkGraph graph) {
        var outputs = new ArrayList<>(graph.outputs());
        if (!outputs.isEmpty()) {
            outputs.set(0, NAME);
        }
        return outputs;
    }
}
