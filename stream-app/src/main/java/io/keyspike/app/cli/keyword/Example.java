package io.keyspike.app.cli.keyword;

import io.keyspike.voices.Voice;
import java.util.Locale;

/**
 * Something to be spoken.
 *
 * @param folder the word's folder below the data set
 * @param number among the examples of this voice in this folder
 * @param voice who speaks
 * @param speed relative to the voice's own
 * @param text what is said
 * @param validation whether it is for validation, as its voice is
 */
record Example(String folder, int number, Voice voice, double speed, String text, boolean validation) {

    /** File name below the data set, as Speech Commands names speakers. */
    String path() {
        return folder + "/" + voice.fileName() + "_nohash_" + number + ".wav";
    }

    /** A line that differs wherever the sound would. */
    String line() {
        return String.format(Locale.ROOT, "%s\t%s\t%.3f\t%s", path(), voice.id(), speed, text);
    }
}
