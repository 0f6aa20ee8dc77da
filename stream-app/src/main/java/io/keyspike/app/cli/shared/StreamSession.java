package io.keyspike.app.cli.shared;

import io.keyspike.app.live.LiveStreams;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.decision.DetectionSink;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.models.spotter.StepObserver;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One audio stream, processed with the current model. Not thread-safe. */
public final class StreamSession implements DetectionSink {

    /** Name of the stream on the live page. */
    public static final String LIVE_NAME = "this machine";

    /** Receives detections and changes of model. */
    public interface Output {
        /** @param seconds time in the stream at which the keyword was detected */
        void heard(double seconds, Detection detection, String modelVersion);

        /** The stream continues with another model. */
        void modelChanged(double seconds, String modelVersion);
    }

    private final Supplier<KeywordSpotter> models;
    private final int sampleRateHz;
    private final Output output;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final @Nullable LiveStreams live;
    private KeywordSpotter spotter;
    private SpotterState state;
    private long blockEnd;
    private long blockNanos;

    /** @param sampleRateHz sample rate of the stream */
    public StreamSession(Supplier<KeywordSpotter> models, int sampleRateHz, Output output) {
        this(models, sampleRateHz, output, null);
    }

    /** @param live live page that shows the stream; null for none */
    public StreamSession(Supplier<KeywordSpotter> models, int sampleRateHz, Output output, @Nullable LiveStreams live) {
        this.live = live;
        this.models = models;
        this.sampleRateHz = sampleRateHz;
        this.output = output;
        spotter = checked(models.get());
        state = spotter.newState();
    }

    /** Processes the stream's next samples. */
    public void take(short[] samples, int count) {
        KeywordSpotter now = models.get();
        if (now != spotter) {
            state = checked(now).takeOver(spotter, state);
            // Other thresholds, as a slider on the page sets them, make another version of the same model.
            boolean another = !now.model().name().equals(spotter.model().name())
                    || !now.model().network().equals(spotter.model().network());
            spotter = now;
            if (another) {
                output.modelChanged(seconds(), now.model().version());
            }
        }
        blockEnd = state.samplePosition() + count;
        blockNanos = System.nanoTime();
        StepObserver observer = live == null ? null : live.frame(LIVE_NAME, spotter, whole(samples, count));
        spotter.process(state, samples, 0, count, this, observer);
    }

    private static short[] whole(short[] samples, int count) {
        return count == samples.length ? samples : Arrays.copyOf(samples, count);
    }

    /** A stream's sample rate is fixed; a model for another rate cannot take over. */
    private KeywordSpotter checked(KeywordSpotter candidate) {
        int expected = candidate.model().features().sampleRateHz();
        if (expected != sampleRateHz) {
            throw new CommandException(
                    ExitCode.FAILED,
                    "model " + candidate.model().version() + " expects audio at " + expected + " Hz, found "
                            + sampleRateHz + " Hz; restart the command");
        }
        return candidate;
    }

    @Override
    public void heard(Detection detection) {
        counts.merge(detection.keyword(), 1, Integer::sum);
        LiveStreams shown = live;
        if (shown != null) {
            double afterBlock = (System.nanoTime() - blockNanos) / 1e6;
            double inBlock = (blockEnd - detection.samplePosition()) * 1e3 / sampleRateHz;
            shown.heard(LIVE_NAME, detection, spotter.model().version(), inBlock + afterBlock);
        }
        output.heard(
                (double) detection.samplePosition() / sampleRateHz,
                detection,
                spotter.model().version());
    }

    /** Time in the stream, in seconds. */
    public double seconds() {
        return (double) state.samplePosition() / sampleRateHz;
    }

    /** Number of detections of each word. */
    public Map<String, Integer> counts() {
        return counts;
    }

    public KeywordSpotter spotter() {
        return spotter;
    }

    public SpotterState state() {
        return state;
    }
}
