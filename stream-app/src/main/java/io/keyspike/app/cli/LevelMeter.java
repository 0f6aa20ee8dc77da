package io.keyspike.app.cli;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.SpotterState;
import java.io.PrintWriter;
import java.util.Locale;

/** One line at the bottom of a terminal: how loud it is, and which word comes closest. */
final class LevelMeter {

    private static final int BAR_CELLS = 30;
    private static final float FLOOR_DB = -60;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final PrintWriter terminal;
    private long drawnAt;
    private boolean drawn;

    LevelMeter(PrintWriter terminal) {
        this.terminal = terminal;
        drawnAt = System.nanoTime() - REDRAW_NANOS;
    }

    /** Draws if the last drawing is old enough. */
    void show(Hearing hearing) {
        long now = System.nanoTime();
        if (now - drawnAt < REDRAW_NANOS) {
            return;
        }
        drawnAt = now;
        drawn = true;
        terminal.print(CLEAR_LINE + line(hearing.spotter().model(), hearing.state(), hearing.seconds()));
        terminal.flush();
    }

    /** Takes the line away, so that something else can be printed there. */
    void clear() {
        if (drawn) {
            terminal.print(CLEAR_LINE);
            terminal.flush();
            drawn = false;
        }
    }

    static String line(KeywordModel model, SpotterState state, double seconds) {
        int best = -1;
        for (int label = 0; label < model.labels().size(); label++) {
            boolean reportable =
                    model.decision().thresholds().containsKey(model.labels().get(label));
            if (reportable && (best < 0 || state.score(label) > state.score(best))) {
                best = label;
            }
        }
        float level = state.levelDb();
        String word = best < 0
                ? ""
                : String.format(Locale.ROOT, "  %s %.2f", model.labels().get(best), state.score(best));
        return String.format(Locale.ROOT, "%7.1f s [%s] %4.0f dB%s", seconds, bar(level), Math.max(level, -99), word);
    }

    static String bar(float levelDb) {
        double share = Math.clamp((levelDb - FLOOR_DB) / -FLOOR_DB, 0.0, 1.0);
        int cells = (int) Math.round(share * BAR_CELLS);
        return "#".repeat(cells) + " ".repeat(BAR_CELLS - cells);
    }
}
