package io.keyspike.models.decision;

/**
 * Bounds of a level in dB that cost next to nothing: of {@code 2^e·m} with {@code m} from 1 to 2, the logarithm to base 2 is
 * between {@code e + (m − 1)} and {@code e + (m − 1) + 0.0861}. Both have some slack for rounding.
 */
final class DecibelBounds {

    private static final float DB_PER_OCTAVE = 6.0206f;
    private static final float SLACK_DB = 0.01f;

    /** 0.0861 octaves, and the slack. */
    private static final float WIDTH_DB = 0.5184f + 2 * SLACK_DB;

    private static final int MANTISSA_BITS = 23;
    private static final int BIAS = 127;

    private DecibelBounds() {}

    /** Not above the level's dB (of silence, {@link DecisionState#SILENCE_DB}); far below it where the level is tiny. */
    static float atLeast(float level) {
        // The bits of a positive float, as a number, are e + bias and m − 1 one after the other.
        float octaves = Float.floatToRawIntBits(level) * (1f / (1 << MANTISSA_BITS)) - BIAS;
        return DB_PER_OCTAVE * octaves - SLACK_DB;
    }

    /** Not below the level's dB, if that is above {@link DecisionState#SILENCE_DB}. */
    static float atMost(float level) {
        return Math.max(DecisionState.SILENCE_DB, atLeast(level) + WIDTH_DB);
    }
}
