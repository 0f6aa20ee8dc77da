package io.keyspike.app.live;

import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.spotter.KeywordSpotter;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spotters whose thresholds can be adjusted while they run. While nothing is adjusted these are the underlying spotters,
 * and access costs one read.
 */
public final class AdjustedSpotters implements SpotterProvider {

    private static final int MAXIMUM = 256;

    private final SpotterProvider underneath;
    private volatile Map<String, Float> thresholds = Map.of();

    /** Spotters for the current thresholds, by the spotters that they were derived from. */
    private final IdentityHashMap<KeywordSpotter, KeywordSpotter> made = new IdentityHashMap<>();

    public AdjustedSpotters(SpotterProvider underneath) {
        this.underneath = underneath;
    }

    /** Sets thresholds from the next frame on, for the words named; all others keep the model's. */
    public void adjust(Map<String, Float> newThresholds) {
        synchronized (made) {
            made.clear();
            thresholds = Map.copyOf(newThresholds);
        }
    }

    /** The current adjustments. */
    public Map<String, Float> adjusted() {
        return thresholds;
    }

    /** The active model without adjustments. */
    public KeywordSpotter unadjusted() {
        return underneath.current();
    }

    @Override
    public KeywordSpotter current() {
        return of(underneath.current());
    }

    @Override
    public KeywordSpotter forDevice(String device) {
        return of(underneath.forDevice(device));
    }

    @Override
    public String group(String device) {
        return underneath.group(device);
    }

    @Override
    public @Nullable KeywordSpotter shadow() {
        return underneath.shadow();
    }

    @Override
    public @Nullable KeywordSpotter ofVersion(String version) {
        synchronized (made) {
            for (KeywordSpotter each : made.values()) {
                if (each.model().version().equals(version)) {
                    return each;
                }
            }
        }
        return underneath.ofVersion(version);
    }

    private KeywordSpotter of(KeywordSpotter spotter) {
        if (thresholds.isEmpty()) {
            return spotter;
        }
        synchronized (made) {
            KeywordSpotter known = made.get(spotter);
            if (known == null) {
                if (made.size() >= MAXIMUM) {
                    made.clear();
                }
                known = spotter.withDecision(
                        with(spotter.model().decision(), spotter.model().labels(), thresholds));
                made.put(spotter, known);
            }
            return known;
        }
    }

    /** The settings with adjusted thresholds for those of the words that the model has. */
    static DecisionSettings with(DecisionSettings settings, List<String> labels, Map<String, Float> thresholds) {
        var all = new HashMap<>(settings.thresholds());
        thresholds.forEach((word, threshold) -> {
            if (labels.contains(word)) {
                all.put(word, threshold);
            }
        });
        return settings.withThresholds(all);
    }
}
