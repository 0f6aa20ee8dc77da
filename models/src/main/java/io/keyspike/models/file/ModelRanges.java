package io.keyspike.models.file;

import io.keyspike.audio.features.Normaliser;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.ModelInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses models whose numbers are finite, as the format demands, but so large or small that nothing of use can come of them:
 * a weight of 3e38 drives every sum to infinity, a scale of 1e-45 makes every score the same. The ranges are wider than
 * anything that a training or a conversion has a use for.
 */
final class ModelRanges {

    private static final float MOST_VALUE = 1e8f;
    private static final float LEAST_SCALE = 1e-6f;
    private static final float MOST_SCALE = 1e6f;
    private static final float MOST_FEATURE = 1e12f;

    private ModelRanges() {}

    /** @throws IllegalArgumentException with the name of the number, its range and what was found */
    static void check(KeywordModel model) {
        model.network().tensors().forEach((name, tensor) -> {
            for (float value : tensor.values()) {
                check("network: expected values of tensor " + name, value, -MOST_VALUE, MOST_VALUE);
            }
        });
        check("decision: expected a scale", model.decision().scale(), LEAST_SCALE, MOST_SCALE);
        Normaliser normaliser = normaliser(model.input());
        if (normaliser != null) {
            checkAll("means", normaliser.mean(), -MOST_FEATURE);
            checkAll("deviations", normaliser.deviation(), 1 / MOST_FEATURE);
            checkAll("gain and offset", List.of(normaliser.gain(), normaliser.offset()), -MOST_FEATURE);
        }
    }

    private static @Nullable Normaliser normaliser(ModelInput input) {
        return input instanceof ModelInput.Sound sound ? sound.features().normaliser() : null;
    }

    private static void checkAll(String what, List<Float> values, float least) {
        values.forEach(value -> check("normaliser: expected " + what, value, least, MOST_FEATURE));
    }

    private static void check(String expected, float value, float least, float most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(expected + " from " + least + " to " + most + ", found " + value);
        }
    }
}
