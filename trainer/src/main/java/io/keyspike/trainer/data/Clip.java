package io.keyspike.trainer.data;

import java.nio.file.Path;

/**
 * One sample: a recording of one word, an image, a list of events.
 *
 * @param name unique within the data set, such as {@code yes/0a7c2a8d_nohash_0.wav}
 * @param item which of the samples in a file that holds many; of sound, the sample at which the clip begins
 * @param word its class
 * @param hash SHA-256 of the file's content, in hexadecimal digits
 */
public record Clip(String name, Path file, int item, String word, Split split, String hash) {

    /** A sample in a file of its own, whose content is not known. */
    public Clip(String name, Path file, String word, Split split) {
        this(name, file, 0, word, split, "");
    }

    Clip withHash(String newHash) {
        return new Clip(name, file, item, word, split, newHash);
    }

    Clip withSplit(Split newSplit) {
        return new Clip(name, file, item, word, newSplit, hash);
    }
}
