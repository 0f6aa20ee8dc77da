package io.keyspike.app.hearing;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.monitoring.FrameTally;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.ModelFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts processed frames for the meters. Has one writer, like a {@link FrameTally}; can be reused after closing. */
public final class FrameMetrics implements AutoCloseable {

    /** Number of models whose facts are cached; more than a service ever uses at a time. */
    private static final int MAXIMUM_MODELS = 64;

    private final FrameTally tally;
    /** By version: a device's own thresholds make another spotter of the same model. */
    private final Map<String, ModelFacts> models = new HashMap<>();

    private String group = KeyspikeMeters.DEFAULT_GROUP;
    private @Nullable KeywordSpotter described;
    private @Nullable ModelFacts model;

    public FrameMetrics(KeyspikeMeters meters) {
        tally = meters.tally();
    }

    /** Sets the group of the device whose frames follow. */
    public void group(String deviceGroup) {
        group = deviceGroup;
    }

    /**
     * Counts a processed frame.
     *
     * @param sound the stream's state after it; its spike counts are consumed
     * @param steps time steps that the frame made
     * @param latencySeconds from its capture until now; NaN where it is not known
     */
    public void add(
            KeywordSpotter spotter, SpotterState sound, double audioSeconds, long steps, double latencySeconds) {
        ModelFacts known = model;
        if (spotter != described || known == null) {
            known = describe(spotter);
            model = known;
            described = spotter;
        }
        tally.select(group, known);
        tally.frame(audioSeconds, latencySeconds);
        int layers = spotter.network().spikingLayers();
        for (int layer = 0; layer < layers; layer++) {
            tally.spikes(layer, sound.takeSpikes(layer), steps);
        }
    }

    private ModelFacts describe(KeywordSpotter spotter) {
        if (models.size() >= MAXIMUM_MODELS) {
            models.clear();
        }
        return models.computeIfAbsent(spotter.model().version(), version -> facts(spotter));
    }

    /** Hands in the counts of models that are no longer used; to be called every few seconds. */
    public void settle() {
        tally.settle();
    }

    @Override
    public void close() {
        tally.close();
    }

    /** The facts of a model that the meters need. */
    public static ModelFacts facts(KeywordSpotter spotter) {
        var network = spotter.network();
        KeywordModel model = spotter.model();
        NetworkPlan plan = model.network().graph().plan();
        var layers = new ArrayList<ModelFacts.Layer>();
        for (int layer = 0; layer < network.spikingLayers(); layer++) {
            String name = network.layerName(layer);
            layers.add(new ModelFacts.Layer(name, network.layerWidth(layer), plan.fanOut(plan.position(name))));
        }
        return new ModelFacts(
                model.version(),
                layers,
                model.chip().staticWattsPerNeuron(),
                model.chip().joulesPerSpike(),
                model.chip().joulesPerSynapticOperation(),
                model.decision().clip().seconds());
    }
}
