package io.keyspike.trainer.data;

import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder with one folder a word and recordings (WAV, FLAC, AIFF or AU) in them. */
final class SoundFolder {
    /** Long recordings of noise in Speech Commands: no class. */
    static final String BACKGROUND_NOISE = "_background_noise_";

    private final Path root;

    /** @throws IOException if there is no such folder */
    SoundFolder(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": expected a folder with one folder per word, found none");
        }
        this.root = root;
    }

    /**
     * All sound files, for training, in the order of their names; background noise is left out.
     *
     * @throws IOException if there are none
     */
    List<Clip> clips() throws IOException {
        List<Clip> found = new ArrayList<>();
        for (Path folder : children(root)) {
            String word = composed(folder);
            if (!Files.isDirectory(folder) || word.equals(BACKGROUND_NOISE) || word.startsWith(".")) {
                continue;
            }
            for (Path file : sounds(folder)) {
                found.add(new Clip(word + "/" + composed(file), file, word, Split.TRAINING));
            }
        }
        if (found.isEmpty()) {
            throw new IOException(root + ": expected folders of WAV or FLAC files, found none");
        }
        return found;
    }

    /** A file's name, letters and their accents as one, whatever the file system does: macOS takes them apart. */
    private static String composed(Path file) {
        return Normalizer.normalize(String.valueOf(file.getFileName()), Normalizer.Form.NFC);
    }

    /** Files of background noise; none where there is no such folder. */
    List<Path> noises() throws IOException {
        Path folder = root.resolve(BACKGROUND_NOISE);
        return Files.isDirectory(folder) ? sounds(folder) : List.of();
    }

    /**
     * Reads every clip once, to hash it and to find the defective ones.
     *
     * @param sampleRateHz rate at which clips will be used
     */
    DataSet check(List<Clip> found, boolean hasLists, int sampleRateHz, int threads, Progress progress) {
        byte[][] digests = new byte[found.size()][];
        @Nullable String[] defects = new @Nullable String[found.size()];
        Parallel.forEach(found.size(), threads, "reading recordings", progress, i -> {
            Path file = found.get(i).file();
            digests[i] = new byte[0];
            try {
                digests[i] = HexFormat.of().parseHex(Sha256.of(file));
                if (AudioFiles.length(file, sampleRateHz) == 0) {
                    defects[i] = "expected samples, found none";
                }
            } catch (AccessDeniedException e) {
                defects[i] = "expected a file that may be read, found one that may not";
            } catch (IOException e) {
                defects[i] = reason(e, file);
            }
        });
        var all = new Sha256();
        List<Clip> usable = new ArrayList<>();
        List<SkippedFile> skipped = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            Clip clip = found.get(i);
            all.text(clip.name()).bytes(digests[i]);
            String defect = defects[i];
            if (defect == null) {
                usable.add(clip.withHash(HexFormat.of().formatHex(digests[i])));
            } else {
                skipped.add(new SkippedFile(clip.name(), defect));
            }
        }
        Path name = root.toAbsolutePath().normalize().getFileName();
        return new DataSet(name == null ? "data" : name.toString(), all.hex(), hasLists, usable, skipped);
    }

    /** The reason without the machine's path, which the clip's name says better. */
    private static String reason(IOException e, Path file) {
        String message = String.valueOf(e.getMessage());
        return message.replace(file + ": ", "").replace(file.toString(), String.valueOf(file.getFileName()));
    }

    private static List<Path> sounds(Path folder) throws IOException {
        return children(folder).stream().filter(RecordingFiles::isRecording).toList();
    }

    /** Children in the order of their names, whatever the file system's. */
    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted(Comparator.comparing(p -> String.valueOf(p.getFileName())))
                    .toList();
        }
    }
}
