package io.keyspike.app.cli.listen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.exec.DetectionHook;
import io.keyspike.app.cli.output.OutputLostException;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StreamSession;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Detection;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The output of {@code listen}: detections as text or JSON lines on one stream, remarks on another. */
final class ListenOutput implements StreamSession.Output {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More would hide the rest of the line. */
    private static final int MOST_WORDS = 12;

    private final PrintWriter out;
    private final PrintWriter remarks;
    private final boolean json;
    private final @Nullable LevelMeter meter;
    private @Nullable DetectionHook hook;
    private String source = "";

    /**
     * @param out detections
     * @param remarks everything else
     * @param meter shown between words, or null for none
     */
    ListenOutput(PrintWriter out, PrintWriter remarks, boolean json, @Nullable LevelMeter meter) {
        this.out = out;
        this.remarks = remarks;
        this.json = json;
        this.meter = meter;
    }

    /** From now on, this runs at each detection; null for nothing. */
    void run(@Nullable DetectionHook atDetection) {
        hook = atDetection;
    }

    /** Starts a new stream. */
    void begin(String description, KeywordModel model) {
        source = description;
        remark("listening to " + description + " with " + model.version() + " for " + words(model));
    }

    /** What can be heard; the first ten where there are more. */
    private static String words(KeywordModel model) {
        var words = List.copyOf(model.decision().thresholds().keySet());
        return words.size() <= MOST_WORDS
                ? String.join(", ", words)
                : String.join(", ", words.subList(0, MOST_WORDS)) + " and " + (words.size() - MOST_WORDS) + " more";
    }

    @Override
    public void heard(double seconds, Detection detection, String modelVersion) {
        print(seconds, detection, modelVersion);
        // Not while holding the lock: this may wait for a command that ends with a remark.
        if (hook != null) {
            hook.run(Map.of(
                    "WORD", detection.keyword(),
                    "SCORE", String.format(Locale.ROOT, "%.3f", detection.score()),
                    "TIME", String.format(Locale.ROOT, "%.3f", seconds),
                    "MODEL", modelVersion,
                    "SOURCE", source));
        }
    }

    private synchronized void print(double seconds, Detection detection, String modelVersion) {
        if (meter != null) {
            meter.clear();
        }
        if (json) {
            OutputLostException.print(out, jsonLine(seconds, detection, modelVersion));
        } else {
            OutputLostException.print(
                    out,
                    String.format(
                            Locale.ROOT,
                            "%8.2f s  %-12s %.2f",
                            seconds,
                            Printable.line(detection.keyword()),
                            detection.score()));
        }
    }

    private String jsonLine(double seconds, Detection detection, String modelVersion) {
        var line = new LinkedHashMap<String, Object>();
        line.put("time", Math.round(seconds * 1000) / 1000.0);
        line.put("keyword", detection.keyword());
        line.put("score", detection.score());
        line.put("model", modelVersion);
        line.put("source", source);
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void modelChanged(double seconds, String modelVersion) {
        remark(String.format(Locale.ROOT, "switched to %2$s at %1$.2f s", seconds, modelVersion));
    }

    /** Updates the level meter. */
    synchronized void progress(StreamSession hearing) {
        if (meter != null) {
            meter.show(hearing);
        }
    }

    /** Ends the line of the level meter, so that what follows is a line of its own. */
    synchronized void end() {
        if (meter != null) {
            meter.clear();
        }
    }

    /** Prints a remark, never on standard output. */
    synchronized void remark(String sentence) {
        if (meter != null) {
            meter.clear();
        }
        remarks.println(Printable.line(sentence));
        remarks.flush();
    }
}
