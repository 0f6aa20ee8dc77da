package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;
import static io.keyspike.trainer.config.ConfigException.checkRange;

import java.util.List;

/** Changed copies of the training clips, and changes to their features. */
public record AugmentationConfig(
        int copies,
        long seed,
        double speedProbability,
        List<Double> speed,
        double shiftMillis,
        List<Double> gainDb,
        double noiseProbability,
        List<Double> noiseSnrDb,
        int rollFrames,
        int frequencyMask,
        int timeMask) {

    public AugmentationConfig {
        check(copies >= 0, "augmentation.copies", "at least 0", copies);
        checkProbability("augmentation.speed_probability", speedProbability);
        checkRange("augmentation.speed", speed);
        check(speed.get(0) > 0.25 && speed.get(1) < 4, "augmentation.speed", "factors between 0.25 and 4", speed);
        check(shiftMillis >= 0, "augmentation.shift_millis", "at least 0", shiftMillis);
        checkRange("augmentation.gain_db", gainDb);
        checkProbability("augmentation.noise_probability", noiseProbability);
        checkRange("augmentation.noise_snr_db", noiseSnrDb);
        check(rollFrames >= 0, "augmentation.roll_frames", "at least 0", rollFrames);
        check(frequencyMask >= 0, "augmentation.frequency_mask", "at least 0", frequencyMask);
        check(timeMask >= 0, "augmentation.time_mask", "at least 0", timeMask);
    }

    /** What the augmented copies of audio depend on; their number, and masks and rolls of features, are no part of it. */
    public AugmentationConfig ofSound() {
        return new AugmentationConfig(
                0, seed, speedProbability, speed, shiftMillis, gainDb, noiseProbability, noiseSnrDb, 0, 0, 0);
    }

    /** Whether nothing is changed. */
    boolean isNone() {
        return copies == 0 && rollFrames == 0 && frequencyMask == 0 && timeMask == 0;
    }
}
