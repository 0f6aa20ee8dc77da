package io.keyspike.app.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.monitoring.live.KeywordNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Marks of detections by people: a line of JSON each in {@code marks.jsonl} and, if audio is kept, its audio in
 * {@code clips}. This is what {@code train --from-feedback} reads.
 */
final class Feedback {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    Feedback(Path folder) {
        this.folder = folder;
    }

    /**
     * Records a mark.
     *
     * @param sound the audio up to the detection; null if none is kept
     */
    synchronized void mark(KeywordNote note, boolean right, KeptSounds.@Nullable Sound sound) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.put("time", Instant.now().toString());
        line.put("id", note.id());
        line.put("device", note.device());
        line.put("keyword", note.keyword());
        line.put("score", note.score());
        line.put("model", note.model());
        line.put("right", right);
        Files.createDirectories(folder);
        if (sound != null) {
            String clip = "clips/" + note.id() + ".wav";
            WavBytes.write(folder.resolve(clip), sound.sampleRateHz(), sound.samples());
            line.put("clip", clip);
        }
        Files.writeString(
                folder.resolve("marks.jsonl"),
                JSON.writeValueAsString(line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
