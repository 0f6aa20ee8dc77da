package io.keyspike.app.cli.keyword;

import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.WavWriter;
import io.keyspike.voices.SpeechEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The user's own recordings of a keyword. They count for more than synthetic ones, so each is laid down several times for
 * training; every fifth, where there are enough, is for validation instead.
 *
 * @param training for training
 * @param validation for validation
 * @param skipped files that could not be read, one line each
 */
record OwnRecordings(List<Path> training, List<Path> validation, List<String> skipped) {

    private static final int ENOUGH_TO_HOLD_BACK = 5;

    /** Of one recording, as training data. */
    private static final int MOST_COPIES = 10;

    private static final double LONGEST_SECONDS = 4;

    OwnRecordings {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        skipped = List.copyOf(skipped);
    }

    static OwnRecordings none() {
        return new OwnRecordings(List.of(), List.of(), List.of());
    }

    /**
     * Finds recordings.
     *
     * @param folder of WAV and FLAC files, at any depth
     * @throws IOException if there is no such folder or no recording in it
     */
    static OwnRecordings in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("--recordings: expected a folder of WAV or FLAC files, found none at " + folder);
        }
        var readable = new ArrayList<Path>();
        var skipped = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file :
                    files.filter(AudioFiles::isNamedAsRecording).sorted().toList()) {
                try {
                    AudioFiles.length(file, SpeechEngine.SAMPLE_RATE_HZ);
                    readable.add(file);
                } catch (IOException e) {
                    skipped.add(String.valueOf(e.getMessage()));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (readable.isEmpty()) {
            throw new IOException("--recordings: expected WAV or FLAC files in " + folder + ", found none"
                    + (skipped.isEmpty() ? "" : " that can be read: " + skipped.getFirst()));
        }
        var training = new ArrayList<Path>();
        var validation = new ArrayList<Path>();
        for (int i = 0; i < readable.size(); i++) {
            boolean heldBack =
                    readable.size() >= ENOUGH_TO_HOLD_BACK && i % ENOUGH_TO_HOLD_BACK == ENOUGH_TO_HOLD_BACK - 1;
            (heldBack ? validation : training).add(readable.get(i));
        }
        return new OwnRecordings(training, validation, skipped);
    }

    int count() {
        return training.size() + validation.size();
    }

    /**
     * Lays them down beside the synthetic ones.
     *
     * @param synthetic how many of those are for training: half as many real ones are wanted
     * @return the names of the files for validation, below the folder
     */
    List<String> layDown(Path folder, String label, int synthetic) throws IOException {
        int copies = training.isEmpty() ? 0 : Math.clamp(synthetic / 2 / training.size(), 1, MOST_COPIES);
        Path word = Files.createDirectories(folder.resolve(label));
        for (int i = 0; i < training.size(); i++) {
            short[] samples = read(training.get(i));
            for (int copy = 0; copy < copies; copy++) {
                write(word, "recording" + i, copy, samples);
            }
        }
        var held = new ArrayList<String>();
        for (int i = 0; i < validation.size(); i++) {
            held.add(label + "/" + write(word, "heldback" + i, 0, read(validation.get(i))));
        }
        return held;
    }

    private static String write(Path word, String speaker, int number, short[] samples) throws IOException {
        String name = speaker + "_nohash_" + number + ".wav";
        WavWriter.write(word.resolve(name), SpeechEngine.SAMPLE_RATE_HZ, samples);
        return name;
    }

    private static short[] read(Path file) throws IOException {
        short[] samples = AudioFiles.readAll(file, SpeechEngine.SAMPLE_RATE_HZ);
        int most = (int) (LONGEST_SECONDS * SpeechEngine.SAMPLE_RATE_HZ);
        return samples.length > most ? Arrays.copyOf(samples, most) : samples;
    }
}
