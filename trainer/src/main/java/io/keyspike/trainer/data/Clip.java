package io.keyspike.trainer.data;

import java.nio.file.Path;

/**
 * A recording of one word.
 *
 * @param name path within the data set, such as {@code yes/0a7c2a8d_nohash_0.wav}
 * @param word the folder
 */
public record Clip(String name, Path file, String word, Split split) {}
