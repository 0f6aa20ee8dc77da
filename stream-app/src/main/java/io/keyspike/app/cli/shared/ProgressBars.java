package io.keyspike.app.cli.shared;

import io.keyspike.trainer.common.Progress;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Progress bars on standard error, one per kind of work; shows nothing if that is not a terminal. */
public final class ProgressBars implements Progress, AutoCloseable {
    private static final int WIDTH = 100;
    private static final int MILLIS_BETWEEN_UPDATES = 200;

    private final boolean enabled;
    private @Nullable ProgressBar bar;
    private String work = "";

    public ProgressBars(boolean enabled) {
        this.enabled = enabled;
    }

    @Override
    public synchronized void advanced(String what, long done, long total) {
        show(what, done, total, null);
    }

    /**
     * Like {@link #advanced}, with a text after the bar.
     *
     * @param extra the text, which replaces the bar's own estimate of the time left; null for none
     */
    public synchronized void show(String what, long done, long total, @Nullable String extra) {
        if (!enabled) {
            return;
        }
        if (!what.equals(work)) {
            finish();
            work = what;
            var builder = new ProgressBarBuilder()
                    .setTaskName(Printable.line(what))
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setMaxRenderedLength(WIDTH)
                    .setUpdateIntervalMillis(MILLIS_BETWEEN_UPDATES)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH));
            bar = (extra == null ? builder : builder.hideEta()).build();
        }
        if (bar != null) {
            bar.maxHint(total);
            bar.stepTo(done);
            bar.setExtraMessage(extra == null ? "" : extra);
        }
    }

    /** Ends the bar, so that a line can be printed below it. */
    public synchronized void finish() {
        if (bar != null) {
            bar.close();
            bar = null;
            work = "";
        }
    }

    @Override
    public void close() {
        finish();
    }
}
