package io.keyspike.app.cli.keyword;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Everything at hand that is not the keyword.
 *
 * @param words data sets in the layout of Speech Commands
 * @param speech folders of connected speech
 * @param noise folders of backgrounds
 * @param rooms folders of impulse responses
 */
record OtherSounds(List<Path> words, List<Path> speech, List<Path> noise, List<Path> rooms) {

    private static final List<String> LISTS =
            List.of("validation_list.txt", "testing_list.txt", "_silence_", "_background_noise_");

    private static final double WAV_BYTES_PER_SECOND = 32_000;
    private static final double FLAC_BYTES_PER_SECOND = 16_000;

    /**
     * Looks through folders.
     *
     * @param data data sets in the layout of Speech Commands, folders {@code continuous} or {@code speech} (of folders of
     *     connected speech) or {@code rooms-and-noise}, or folders of such folders
     * @param negatives further folders of connected speech
     * @throws IOException if a folder is not there or holds nothing of use
     */
    static OtherSounds in(List<Path> data, List<Path> negatives) throws IOException {
        var found = new OtherSounds(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path folder : negatives) {
            if (!holdsSound(folder)) {
                throw new IOException("--negatives: expected a folder of WAV or FLAC files, found none at " + folder);
            }
            found.speech.add(folder);
        }
        for (Path folder : data) {
            if (!Files.isDirectory(folder)) {
                throw new IOException("--data: expected a folder, found none at " + folder);
            }
            int before = found.folders();
            if (!found.add(folder)) {
                for (Path child : children(folder)) {
                    found.add(child);
                }
            }
            if (found.folders() == before) {
                throw new IOException(
                        "--data: expected a data set in the layout of Speech Commands, or a folder of such and of"
                                + " connected speech, found neither in " + folder);
            }
        }
        return found;
    }

    /** @return whether the folder is of a kind that there is a use for */
    private boolean add(Path folder) throws IOException {
        switch (String.valueOf(folder.getFileName())) {
            case "continuous", "speech" ->
                children(folder).stream().filter(OtherSounds::holdsSound).forEach(speech::add);
            case "rooms-and-noise" ->
                children(folder).stream()
                        .filter(OtherSounds::holdsSound)
                        .forEach(each -> (each.endsWith("rooms") ? rooms : noise).add(each));
            default -> {
                if (!isDataSet(folder)) {
                    return false;
                }
                words.add(folder);
            }
        }
        return true;
    }

    private int folders() {
        return words.size() + speech.size() + noise.size() + rooms.size();
    }

    /** About how much sound there is, by the sizes of the files. */
    double seconds() {
        double seconds = 0;
        for (List<Path> folders : List.of(words, speech)) {
            for (Path folder : folders) {
                try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
                    for (Path file : all.filter(Files::isRegularFile).toList()) {
                        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
                        seconds += name.endsWith(".wav")
                                ? Files.size(file) / WAV_BYTES_PER_SECOND
                                : name.endsWith(".flac") ? Files.size(file) / FLAC_BYTES_PER_SECOND : 0;
                    }
                } catch (IOException | UncheckedIOException e) {
                    // The trainer says what is wrong with the folder.
                }
            }
        }
        return seconds;
    }

    private static boolean isDataSet(Path folder) {
        return LISTS.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static boolean holdsSound(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.anyMatch(file -> {
                String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
                return name.endsWith(".wav") || name.endsWith(".flac");
            });
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
