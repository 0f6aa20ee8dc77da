package io.keyspike.trainer.compose;

/**
 * A recording of a word or of connected speech, with the part of it that is speech.
 *
 * @param name of its file, for messages
 * @param samples {@code [samples]}, PCM16
 * @param start first sample of the speech
 * @param end sample after the last one of the speech
 * @param level root mean square of the speech's louder frames, relative to full scale, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of samples, never compared
public record Utterance(String name, short[] samples, int start, int end, double level) {

    /**
     * Checks that the speech lies within the samples.
     *
     * @throws IllegalArgumentException if it does not, or the level is not above 0
     */
    public Utterance {
        if (start < 0 || end <= start || end > samples.length || !(level > 0)) {
            throw new IllegalArgumentException(name + ": expected speech within " + samples.length
                    + " samples and a level above 0, found " + start + " to " + end + " and " + level);
        }
    }
}
