package io.keyspike.models.chip;

import io.keyspike.models.network.Network;
import io.keyspike.models.network.Node;
import java.util.List;

/**
 * The end of a population code: behind the output neurons, a dense synapse of zeros and ones and a readout without memory,
 * which count the spikes of each class. The reader of the chip's spikes does that; the chip holds what comes before.
 */
final class HostReadout {

    private HostReadout() {}

    /**
     * The nodes that the chip has to hold: the chain, without such an end.
     *
     * @throws IllegalArgumentException if the network is not a chain, as layer after layer is what chips are described for
     */
    static List<Node> onChip(Network network) {
        List<Node> chain = network.graph().chain();
        int size = chain.size();
        boolean counted = size > 3
                && chain.get(size - 1) instanceof Node.Readout readout
                && chain.get(size - 2) instanceof Node.Dense dense
                && chain.get(size - 3) instanceof Node.Lif
                && !dense.biased()
                && only(network.tensor(readout, "decay").values(), 0, 0)
                && only(network.tensor(dense, "weight").values(), 0, 1);
        return counted ? chain.subList(0, size - 2) : chain;
    }

    private static boolean only(float[] values, float one, float other) {
        for (float value : values) {
            if (value != one && value != other) {
                return false;
            }
        }
        return true;
    }
}
