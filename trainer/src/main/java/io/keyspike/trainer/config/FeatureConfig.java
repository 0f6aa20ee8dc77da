package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.models.description.ModelInput;
import org.jspecify.annotations.Nullable;

/**
 * What the network is fed with.
 *
 * @param input without normaliser
 * @param normaliser how the fitted normaliser of sound scales, or null for none
 */
public record FeatureConfig(ModelInput input, @Nullable NormaliserConfig normaliser) {

    /** The part of a normaliser that is chosen; mean and deviation are measured. */
    public record NormaliserConfig(float gain, float offset, boolean rectified) {
        public NormaliserConfig {
            check(gain > 0 && Float.isFinite(gain), "features.normaliser.gain", "more than 0", gain);
            check(Float.isFinite(offset), "features.normaliser.offset", "a finite number", offset);
        }
    }

    public FeatureConfig {
        check(
                normaliser == null || input instanceof ModelInput.Sound,
                "features.normaliser",
                "null for " + input.describe(),
                String.valueOf(normaliser));
    }

    /**
     * The front end of sound.
     *
     * @throws ConfigException if the network is fed with something else
     */
    public FeatureSpec spec() {
        if (input instanceof ModelInput.Sound sound) {
            return sound.features();
        }
        throw new ConfigException("features.kind: expected audio features, found " + input.describe());
    }
}
