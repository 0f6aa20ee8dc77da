package io.keyspike.trainer.report;

import java.util.List;
import java.util.Locale;

/** A confusion matrix: a row for each true label, shaded by the share of the row. */
final class ConfusionPlot {
    private static final double RIGHT = 8;
    private static final double TOP = 28;

    private ConfusionPlot() {}

    /** @param confusion {@code [true][predicted]} */
    static String draw(List<String> labels, int[][] confusion) {
        int n = labels.size();
        double cell = Math.clamp(640.0 / n, 26, 64);
        double longest = labels.stream().mapToInt(String::length).max().orElse(1);
        double left = 40 + 7.2 * longest;
        double bottom = 44 + 5.2 * longest;
        double height = TOP + n * cell + bottom;
        var svg = new Svg(left + n * cell + RIGHT, height, "Confusion matrix");
        for (int i = 0; i < n; i++) {
            double y = TOP + i * cell;
            svg.words("small", "end", left - 8, y + cell / 2 + 4, labels.get(i));
            int row = 0;
            for (int count : confusion[i]) {
                row += count;
            }
            for (int j = 0; j < n; j++) {
                double x = left + j * cell;
                double share = row == 0 ? 0 : (double) confusion[i][j] / row;
                svg.rectangle(
                        i == j ? "cell right" : "cell wrong",
                        x + 1,
                        y + 1,
                        cell - 2,
                        cell - 2,
                        0.06 + 0.94 * Math.sqrt(share),
                        String.format(
                                Locale.ROOT,
                                "%s predicted as %s: %d of %d (%.1f %%)",
                                labels.get(i),
                                labels.get(j),
                                confusion[i][j],
                                row,
                                100 * share));
                if (confusion[i][j] > 0) {
                    String style = share > 0.3 ? "count strong" : "count";
                    svg.words(style, "middle", x + cell / 2, y + cell / 2 + 4, String.valueOf(confusion[i][j]));
                }
            }
            svg.wordsAslant("small", left + i * cell + cell / 2 + 4, TOP + n * cell + 15, labels.get(i));
        }
        svg.words("small", "middle", left + n * cell / 2, height - 4, "predicted");
        svg.wordsUpwards("small", 13, TOP + n * cell / 2, "actual");
        return svg.end();
    }
}
