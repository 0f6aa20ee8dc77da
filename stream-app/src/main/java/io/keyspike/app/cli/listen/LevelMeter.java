package io.keyspike.app.cli.listen;

import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StreamSession;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.spotter.SpotterState;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * One line at the bottom of a terminal: the input level, and the words with the highest scores, as many as fit. A star marks
 * scores that reach their word's threshold.
 */
final class LevelMeter {

    private static final int BAR_CELLS = 20;
    private static final float FLOOR_DB = -60;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final PrintWriter terminal;
    private final int columns;
    private long drawnAt;
    private boolean drawn;

    /** @param columns width of the terminal */
    LevelMeter(PrintWriter terminal, int columns) {
        this.terminal = terminal;
        this.columns = columns;
        drawnAt = System.nanoTime() - REDRAW_NANOS;
    }

    /** Redraws the line, unless it was drawn very recently. */
    void show(StreamSession hearing) {
        long now = System.nanoTime();
        if (now - drawnAt < REDRAW_NANOS) {
            return;
        }
        drawnAt = now;
        drawn = true;
        terminal.print(CLEAR_LINE + line(hearing.spotter().model(), hearing.state(), hearing.seconds(), columns));
        terminal.flush();
    }

    /** Clears the line, so that something else can be printed there. */
    void clear() {
        if (drawn) {
            terminal.print(CLEAR_LINE);
            terminal.flush();
            drawn = false;
        }
    }

    /** A line at least one column shorter than the terminal, since some terminals wrap at the edge. */
    static String line(KeywordModel model, SpotterState state, double seconds, int columns) {
        float level = state.levelDb();
        var line = new StringBuilder(
                String.format(Locale.ROOT, "%7.1f s [%s] %4.0f dB ", seconds, bar(level), Math.max(level, -99)));
        for (int label : closest(model, state)) {
            String word = model.labels().get(label);
            float score = state.score(label);
            boolean reached = score
                    >= Objects.requireNonNull(model.decision().thresholds().get(word));
            String part = String.format(Locale.ROOT, " %s %.2f%s", Printable.line(word), score, reached ? "*" : " ");
            if (line.length() + part.length() >= columns) {
                break;
            }
            line.append(part);
        }
        return line.length() < columns ? line.toString() : line.substring(0, Math.max(0, columns - 1));
    }

    /** Labels that can be reported, by descending score. */
    private static List<Integer> closest(KeywordModel model, SpotterState state) {
        return IntStream.range(0, model.labels().size())
                .filter(label ->
                        model.decision().thresholds().containsKey(model.labels().get(label)))
                .boxed()
                .sorted(Comparator.comparingDouble(label -> -state.score(label)))
                .toList();
    }

    static String bar(float levelDb) {
        double share = Math.clamp((levelDb - FLOOR_DB) / -FLOOR_DB, 0.0, 1.0);
        int cells = (int) Math.round(share * BAR_CELLS);
        return "#".repeat(cells) + " ".repeat(BAR_CELLS - cells);
    }
}
