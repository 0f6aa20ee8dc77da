package io.keyspike.trainer.streams;

import java.nio.file.Path;

/**
 * A recording of a {@link StreamFolder} with its labels.
 *
 * @param name path of the recording below the folder, with {@code /} and without extension
 * @param audio WAV or FLAC
 * @param labels those in the file of the same name that ends in {@code .tsv}
 */
public record LabelledRecording(String name, Path audio, StreamLabels labels) {}
