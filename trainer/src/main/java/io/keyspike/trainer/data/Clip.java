package io.keyspike.trainer.data;

import java.nio.file.Path;

/**
 * One sample: a recording of one word, or an image.
 *
 * @param name unique within the data set, such as {@code yes/0a7c2a8d_nohash_0.wav}
 * @param item which of the samples in a file that holds many; 0 in a file of its own
 * @param word its class
 */
public record Clip(String name, Path file, int item, String word, Split split) {

    /** A sample in a file of its own. */
    public Clip(String name, Path file, String word, Split split) {
        this(name, file, 0, word, split);
    }
}
