package io.keyspike.app.kafka;

import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.KeywordSpotter;
import io.keyspike.models.ModelFiles;
import io.keyspike.models.ModelRegistry;
import io.keyspike.models.Node;
import io.keyspike.monitoring.KeyspikeMeters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models of a {@link ModelRegistry}, and their part in the meters. */
public final class RegisteredSpotters implements Spotters {

    private static final Logger log = LoggerFactory.getLogger(RegisteredSpotters.class);

    private final ModelRegistry registry;
    private final StepKernels kernels;
    private final ConcurrentHashMap<String, KeywordSpotter> earlier = new ConcurrentHashMap<>();

    /** @param kernels as the registry's own */
    public RegisteredSpotters(ModelRegistry registry, StepKernels kernels) {
        this.registry = registry;
        this.kernels = kernels;
    }

    @Override
    public KeywordSpotter current() {
        return registry.current();
    }

    /** Looks among the registered files, each time anew where none fits: one may have been added. */
    @Override
    public @Nullable KeywordSpotter ofVersion(String version) {
        KeywordSpotter known = earlier.get(version);
        if (known != null) {
            return known;
        }
        KeywordSpotter found = read(version);
        if (found != null) {
            earlier.put(version, found);
        }
        return found;
    }

    private @Nullable KeywordSpotter read(String version) {
        List<ModelRegistry.Entry> entries;
        try {
            entries = registry.list();
        } catch (IOException e) {
            log.warn("looking for model {}: {}", version, e.getMessage());
            return null;
        }
        for (ModelRegistry.Entry entry : entries) {
            try {
                KeywordModel model = ModelFiles.read(entry.file());
                if (model.version().equals(version)) {
                    return new KeywordSpotter(model, kernels);
                }
            } catch (IOException e) {
                log.debug("{} is not a model: {}", entry.file(), e.getMessage());
            }
        }
        return null;
    }

    /** Tells the meters what model is in use now. */
    public static void describe(KeyspikeMeters meters, KeywordSpotter spotter) {
        var network = spotter.network();
        KeywordModel model = spotter.model();
        int layers = network.spikingLayers();
        var names = new ArrayList<String>();
        int[] widths = new int[layers];
        int[] fanOuts = new int[layers];
        for (int layer = 0; layer < layers; layer++) {
            names.add(network.layerName(layer));
            widths[layer] = network.layerWidth(layer);
            fanOuts[layer] = fanOut(model.network().graph().chain(), network.layerName(layer));
        }
        meters.model(
                model.version(),
                names,
                widths,
                fanOuts,
                model.chip().staticWattsPerNeuron(),
                model.chip().joulesPerSpike());
    }

    /** Synapses that a spike of a node reaches: those of the node after it. */
    private static int fanOut(List<Node> chain, String name) {
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (chain.get(i).name().equals(name)) {
                return chain.get(i + 1) instanceof Node.Dense dense ? dense.outputs() : 1;
            }
        }
        return 0;
    }
}
