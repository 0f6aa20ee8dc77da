package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.audio.features.FeatureSpec;
import org.jspecify.annotations.Nullable;

/**
 * What the network hears.
 *
 * @param spec the front end, without normaliser
 * @param normaliser how the fitted normaliser scales, or null for none
 */
public record FeatureConfig(FeatureSpec spec, @Nullable NormaliserConfig normaliser) {

    /** The part of a normaliser that is chosen; mean and deviation are measured. */
    public record NormaliserConfig(float gain, float offset, boolean rectified) {
        public NormaliserConfig {
            check(gain > 0 && Float.isFinite(gain), "features.normaliser.gain", "more than 0", gain);
            check(Float.isFinite(offset), "features.normaliser.offset", "a finite number", offset);
        }
    }
}
