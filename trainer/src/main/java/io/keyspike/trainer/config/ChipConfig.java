package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chip that a model is trained for.
 *
 * @param profile name or file of a chip profile; null to train without a chip in mind
 * @param bits of a weight; null for the profile's, 0 for weights that are not rounded
 * @param anneal shares of the run in which weights that oppose their group's sign begin to fade and have faded
 * @param mismatch of weights, thresholds and time constants while training, as a multiple of the profile's sigmas
 */
public record ChipConfig(
        @Nullable String profile,
        @Nullable Integer bits,
        SignGroupRule signGroups,
        List<Double> anneal,
        double mismatch) {

    /** How weights come to share the sign of their group. */
    public enum SignGroupRule {
        /** They need not. */
        NONE,
        /** What opposes its group's sign fades over {@code anneal}, and is held at 0 from then on. */
        ANNEALED
    }

    public ChipConfig {
        check(
                bits == null || bits == 0 || (bits >= 2 && bits <= 8),
                "chip.bits",
                "2 to 8, or 0 for weights that are not rounded",
                String.valueOf(bits));
        ConfigException.checkRange("chip.anneal", anneal);
        check(anneal.get(0) >= 0 && anneal.get(1) <= 1, "chip.anneal", "shares of the run from 0 to 1", anneal);
        check(mismatch >= 0 && mismatch <= 10, "chip.mismatch", "from 0 to 10", mismatch);
    }
}
