package io.keyspike.trainer.data;

import io.keyspike.trainer.common.TextLines;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is known about recordings of connected speech: a file {@code transcripts.tsv} beside them with the columns recording
 * (its file's name without extension), speaker, age and words, separated by tabs. Without it, what stands before the first
 * hyphen of a file's name is the speaker, and if there is none, each file is a speaker of its own.
 */
public final class Transcripts {
    private static final String FILE = "transcripts.tsv";
    private static final int SPEAKER = 1;
    private static final int WORDS = 3;

    private final Map<String, String[]> rows;

    private Transcripts(Map<String, String[]> rows) {
        this.rows = rows;
    }

    /**
     * The transcripts in a folder; none where there is no such file.
     *
     * @throws IOException if it cannot be read
     */
    public static Transcripts in(Path folder) throws IOException {
        Map<String, String[]> rows = new HashMap<>();
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            for (String line : TextLines.read(file)) {
                String[] columns = line.split("\t", -1);
                rows.put(columns[0], columns);
            }
        }
        return new Transcripts(rows);
    }

    /** Who speaks. */
    public String speaker(Path recording) {
        String base = base(recording);
        String[] row = rows.get(base);
        int hyphen = base.indexOf('-');
        return row != null && row.length > SPEAKER ? row[SPEAKER] : hyphen > 0 ? base.substring(0, hyphen) : base;
    }

    /** Whether a recording is known to hold one of the labels, other than those for unknown words and silence. */
    public boolean says(Path recording, List<String> labels) {
        String[] row = rows.get(base(recording));
        if (row == null || row.length <= WORDS) {
            return false;
        }
        String said = " " + row[WORDS].toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9' ]+", " ") + " ";
        return labels.stream()
                .filter(LabelMap::isKeyword)
                .anyMatch(l -> said.contains(" " + l.toLowerCase(Locale.ROOT).replace('-', ' ') + " "));
    }

    private static String base(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
