package io.keyspike.models.rockpool;

import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.network.Network;
import java.util.ArrayList;
import java.util.List;

/**
 * Rockpool's {@code WaveSenseNet}: a layer, blocks, and two layers of readout. The first layer's spikes and those of the blocks'
 * residual paths are added up from block to block; those of the skip paths are added up for the readout.
 */
final class WaveSenseReader {
    private final RockpoolModule root;

    WaveSenseReader(RockpoolModule root) {
        this.root = root;
    }

    Network network() throws ModelFileException {
        root.ignore("dt");
        var parts = new GraphParts();
        var residual = new ArrayList<String>();
        var skips = new ArrayList<String>();
        residual.add(layer(parts, root, "", "lin1", "spk1", List.of(GraphParts.INPUT)));
        for (int b = 0; root.has("wave" + b); b++) {
            String name = "wave" + b;
            RockpoolModule block = root.module(name);
            block.ignore("neuron_model");
            block.ignore("dt");
            String spikes = layer(parts, block, name + "_", "lin1", "spk1", List.copyOf(residual));
            residual.add(layer(parts, block, name + "_", "lin2_res", "spk2_res", List.of(spikes)));
            skips.add(layer(parts, block, name + "_", "lin2_skip", "spk2_skip", List.of(spikes)));
            block.requireAllRead();
        }
        String hidden = layer(parts, root, "", "hidden", "spk2", skips);
        String output = layer(parts, root, "", "readout", "spk_out", List.of(hidden));
        root.ignore("neuron_model");
        root.requireAllRead();
        return parts.network(output);
    }

    private static String layer(
            GraphParts parts, RockpoolModule from, String prefix, String linear, String lif, List<String> sources)
            throws ModelFileException {
        String name = prefix + lif;
        return parts.layer(name + "_synapse", name, sources, from.module(linear), from.module(lif));
    }
}
