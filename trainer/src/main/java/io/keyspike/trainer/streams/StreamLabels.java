package io.keyspike.trainer.streams;

import io.keyspike.trainer.common.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a stream, from a file of tab-separated lines {@code start_s end_s keyword}; further columns are ignored.
 * The line {@code #duration_s=N} states the stream's length; other lines that begin with {@code #} are comments. An empty
 * file labels sound in which no keyword is said.
 *
 * @param labels in the order of the file
 * @param durationSeconds as stated in the file; null if it is not
 */
public record StreamLabels(
        List<StreamLabel> labels, @Nullable Double durationSeconds) {
    private static final String DURATION = "#duration_s=";
    private static final int COLUMNS = 3;

    /** Copies the list. */
    public StreamLabels {
        labels = List.copyOf(labels);
    }

    /**
     * Reads a file of labels.
     *
     * @param file the file, UTF-8
     * @throws IOException if it cannot be read or a line is malformed; the message names file and line
     */
    public static StreamLabels read(Path file) throws IOException {
        List<String> lines = TextLines.read(file);
        var labels = new ArrayList<StreamLabel>();
        Double duration = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            try {
                if (line.startsWith(DURATION)) {
                    duration = duration(line.substring(DURATION.length()));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    labels.add(label(line));
                }
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ", line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        if (duration != null) {
            for (StreamLabel label : labels) {
                if (label.startSeconds() >= duration) {
                    throw new IOException(file + ": expected labels within the stream's " + duration
                            + " s, found one that begins at " + label.startSeconds() + " s");
                }
            }
        }
        return new StreamLabels(labels, duration);
    }

    private static double duration(String text) {
        double seconds = number(text, "the stream's length in seconds");
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected the stream's length in seconds, found " + text.strip());
        }
        return seconds;
    }

    private static StreamLabel label(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length < COLUMNS) {
            throw new IllegalArgumentException(
                    "expected start_s, end_s and keyword separated by tabs, found \"" + line.strip() + "\"");
        }
        return new StreamLabel(
                number(columns[0], "a start in seconds"), number(columns[1], "an end in seconds"), columns[2].strip());
    }

    private static double number(String text, String what) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected " + what + ", found \"" + text.strip() + "\"", e);
        }
    }
}
