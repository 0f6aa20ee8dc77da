package io.keyspike.trainer.data;

import io.keyspike.trainer.config.DataConfig.SplitConfig;
import io.keyspike.trainer.events.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads event files in the layout of SHD and SSC ({@link EventFile}): a folder with {@code *train*.h5}, and {@code
 * *valid*.h5} and {@code *test*.h5} if it has them, or one file. What has no file of its own is split off the training file
 * at random.
 */
public final class EventFolder {
    private final Path root;

    public EventFolder(Path root) {
        this.root = root;
    }

    /**
     * Reads what the files hold, but not the events.
     *
     * @throws IOException if a file is missing or broken, or a label has no name
     */
    public DataSet scan(SplitConfig split) throws IOException {
        Path training = Files.isDirectory(root) ? find("train") : root;
        if (training == null) {
            throw new IOException(root + ": expected a file *train*.h5 (unpacked) in it, found none");
        }
        Path validation = Files.isDirectory(root) ? find("valid") : null;
        Path testing = Files.isDirectory(root) ? find("test") : null;
        var hash = new Sha256();
        Map<String, String> speakers = new HashMap<>();
        List<Clip> clips = read(training, Split.TRAINING, hash, speakers);
        double share = testing == null ? split.testing() : 0;
        var shares =
                new SplitConfig(validation == null ? split.validation() : 0, share, split.bySpeaker(), split.seed());
        List<Clip> all = new ArrayList<>(
                new RandomSplit(shares).apply(clips, share, c -> String.valueOf(speakers.get(c.name()))));
        if (validation != null) {
            all.addAll(read(validation, Split.VALIDATION, hash, speakers));
        }
        if (testing != null) {
            all.addAll(read(testing, Split.TESTING, hash, speakers));
        }
        Path name = root.toAbsolutePath().normalize().getFileName();
        return new DataSet(name == null ? "data" : name.toString(), hash.hex(), true, all, List.of());
    }

    private static List<Clip> read(Path path, Split split, Sha256 hash, Map<String, String> speakers)
            throws IOException {
        var file = new EventFile(path);
        String content = Sha256.of(path);
        hash.text(String.valueOf(path.getFileName())).text(content);
        List<Clip> clips = new ArrayList<>(file.samples());
        for (int i = 0; i < file.samples(); i++) {
            String name = String.format("%s/%06d", path.getFileName(), i);
            clips.add(new Clip(name, path, i, file.word(i), split, content));
            speakers.put(name, file.speaker(i));
        }
        return clips;
    }

    private @Nullable Path find(String part) throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.filter(f -> {
                        String name = String.valueOf(f.getFileName());
                        return name.contains(part) && (name.endsWith(".h5") || name.endsWith(".hdf5"));
                    })
                    .min(java.util.Comparator.naturalOrder())
                    .orElse(null);
        }
    }
}
