package io.keyspike.trainer.report;

import java.util.List;

/** Confusion matrices for people. */
public final class ConfusionTable {

    private ConfusionTable() {}

    /**
     * Columns of plain text: a line for each true label, a column for each predicted one.
     *
     * @param confusion {@code [true][predicted]}
     */
    public static String text(List<String> labels, int[][] confusion) {
        int width = labels.stream().mapToInt(String::length).max().orElse(0) + 1;
        width = Math.max(width, 6);
        var text = new StringBuilder(pad("", width));
        for (String label : labels) {
            text.append(pad(label, width));
        }
        text.append('\n');
        for (int i = 0; i < labels.size(); i++) {
            text.append(pad(labels.get(i), width));
            for (int count : confusion[i]) {
                text.append(pad(String.valueOf(count), width));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String pad(String word, int width) {
        return " ".repeat(Math.max(0, width - word.length())) + word;
    }
}
