package io.keyspike.app.kafka.device;

import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.models.spotter.KeywordSpotter;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Spotters at one sensitivity: each of the same model and version, with other thresholds. Thread-safe. */
public final class TunedSpotters {

    private static final Logger log = LoggerFactory.getLogger(TunedSpotters.class);

    private final Sensitivity sensitivity;
    private final Map<KeywordSpotter, KeywordSpotter> made = new WeakHashMap<>();
    private volatile @Nullable Made last;

    /** The spotter asked for most recently: mostly the only one. */
    private record Made(KeywordSpotter from, KeywordSpotter tuned) {}

    public TunedSpotters(Sensitivity sensitivity) {
        this.sensitivity = sensitivity;
    }

    /** The spotter at the sensitivity; always the same object for the same spotter. */
    public KeywordSpotter of(KeywordSpotter spotter) {
        if (sensitivity.isNone()) {
            return spotter;
        }
        Made known = last;
        if (known != null && known.from() == spotter) {
            return known.tuned();
        }
        synchronized (made) {
            KeywordSpotter tuned = made.get(spotter);
            if (tuned == null) {
                String problem = sensitivity.problem(spotter.model());
                if (problem != null) {
                    log.warn("{}; it keeps its own thresholds there", problem);
                }
                tuned = spotter.withThresholds(sensitivity.thresholdsOf(spotter.model()));
                made.put(spotter, tuned);
            }
            last = new Made(spotter, tuned);
            return tuned;
        }
    }

    /** All spotters of a provider at the sensitivity. */
    public SpotterProvider over(SpotterProvider below) {
        if (sensitivity.isNone()) {
            return below;
        }
        return new SpotterProvider() {
            @Override
            public KeywordSpotter current() {
                return of(below.current());
            }

            @Override
            public KeywordSpotter forDevice(String device) {
                return of(below.forDevice(device));
            }

            @Override
            public String group(String device) {
                return below.group(device);
            }

            @Override
            public @Nullable KeywordSpotter shadow() {
                return below.shadow();
            }

            @Override
            public @Nullable KeywordSpotter ofVersion(String version) {
                KeywordSpotter found = below.ofVersion(version);
                return found == null ? null : of(found);
            }
        };
    }
}
