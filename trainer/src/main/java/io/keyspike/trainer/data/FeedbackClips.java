package io.keyspike.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.audio.AudioFiles;
import io.keyspike.trainer.common.TextLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people said of detections, and samples of words that they spoke, as clips to learn from. The folder, which the live
 * page writes:
 *
 * <pre>
 * marks.jsonl            a line of JSON for each mark: id, keyword, right, and clip where sound was kept
 * clips/ID.wav           what was heard up to a detection; its end is the word, or what was taken for it
 * words/WORD/NAME.wav    samples of words
 * </pre>
 *
 * A detection marked right is a clip of its keyword. One marked wrong is a clip of a word that is none: of the label {@code
 * unknown} where there is one, and in any case something that thresholds are found not to report. Marks without sound teach
 * nothing and are left out; of two marks of the same detection the later counts. Defective sound is named and skipped. Every
 * fourth clip, by its name, is for
 * validation, so that thresholds see the feedback too.
 */
public final class FeedbackClips {

    /** The word of what was wrongly reported; no label has such a name. */
    public static final String FALSE_ALARM = "_false_alarm_";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VALIDATION_SHARE = 4;

    private final Path root;

    /** @throws IOException if there is no such folder */
    public FeedbackClips(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": expected a folder with marks.jsonl or words in it, found none");
        }
        this.root = root;
    }

    /**
     * The data with what the feedback adds to it.
     *
     * @param sampleRateHz rate at which clips will be used
     * @param clipSeconds length of a clip
     * @throws IOException if a mark cannot be read or its sound is not there; one sentence that names the line or the file
     */
    public DataSet addTo(DataSet data, int sampleRateHz, double clipSeconds) throws IOException {
        var skipped = new ArrayList<SkippedFile>();
        List<Clip> more = new ArrayList<>(marked(sampleRateHz, (int) Math.round(clipSeconds * sampleRateHz), skipped));
        Path words = root.resolve("words");
        if (Files.isDirectory(words) && !isEmpty(words)) {
            for (Clip clip : new SoundFolder(words).clips()) {
                String name = "feedback/" + clip.name();
                if (length(name, clip.file(), sampleRateHz, skipped) >= 0) {
                    more.add(new Clip(name, clip.file(), 0, clip.word(), split(name), hash(clip.file())));
                }
            }
        }
        return data.with(more).withRemarks(skipped, List.of());
    }

    /** Words of which there are samples, in order. */
    public List<String> words() throws IOException {
        Path words = root.resolve("words");
        if (!Files.isDirectory(words) || isEmpty(words)) {
            return List.of();
        }
        return new SoundFolder(words)
                .clips().stream().map(Clip::word).distinct().sorted().toList();
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.findAny().isEmpty();
        }
    }

    private List<Clip> marked(int sampleRateHz, int samples, List<SkippedFile> skipped) throws IOException {
        Path file = root.resolve("marks.jsonl");
        if (!Files.exists(file)) {
            return List.of();
        }
        Map<String, JsonNode> last = new HashMap<>();
        List<String> order = new ArrayList<>();
        int number = 0;
        for (String line : TextLines.read(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            JsonNode mark = mark(file, number, line);
            String id = mark.get("id").asText();
            if (last.put(id, mark) == null) {
                order.add(id);
            }
        }
        List<Clip> clips = new ArrayList<>();
        for (String id : order) {
            JsonNode mark = last.get(id);
            if (mark != null && mark.hasNonNull("clip")) {
                clip(id, mark, sampleRateHz, samples, skipped).ifPresent(clips::add);
            }
        }
        return clips;
    }

    private static JsonNode mark(Path file, int number, String line) throws IOException {
        try {
            JsonNode mark = JSON.readTree(line);
            if (mark.path("id").isTextual()
                    && mark.path("keyword").isTextual()
                    && mark.path("right").isBoolean()) {
                return mark;
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        throw new IOException(
                file + ": expected JSON with id, keyword and right in line " + number + ", found something else");
    }

    /** Samples of a recording; -1 if it is defective, which is then named. */
    private static int length(String name, Path sound, int sampleRateHz, List<SkippedFile> skipped)
            throws NoSuchFileException {
        try {
            return (int) Math.min(Integer.MAX_VALUE, AudioFiles.length(sound, sampleRateHz));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            skipped.add(new SkippedFile(name, String.valueOf(e.getMessage())));
            return -1;
        }
    }

    private Optional<Clip> clip(String id, JsonNode mark, int sampleRateHz, int samples, List<SkippedFile> skipped)
            throws IOException {
        Path sound = root.resolve(mark.get("clip").asText()).normalize();
        if (!sound.startsWith(root.normalize())) {
            throw new IOException(root + ": expected the audio of mark " + id + " in this folder, found " + sound);
        }
        String name = "feedback/" + id;
        int length = length(name, sound, sampleRateHz, skipped);
        if (length < 0) {
            return Optional.empty();
        }
        String word = mark.get("right").asBoolean() ? mark.get("keyword").asText() : FALSE_ALARM;
        return Optional.of(new Clip(name, sound, Math.max(0, length - samples), word, split(name), hash(sound)));
    }

    private static String hash(Path file) throws IOException {
        return HexFormat.of()
                .formatHex(new Sha256().bytes(Files.readAllBytes(file)).digest());
    }

    /** By the name alone, so that a clip stays where it is when others come. */
    private static Split split(String name) {
        return Math.floorMod(name.hashCode(), VALIDATION_SHARE) == 0 ? Split.VALIDATION : Split.TRAINING;
    }
}
