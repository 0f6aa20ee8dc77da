package io.keyspike.trainer.streams;

import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.AudioSource;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.config.LabelMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model over recordings, through the code that runs live ({@link KeywordSpotter#process}): one spotter, and each recording
 * from a new state. Every recording is heard twice, side by side: once without thresholds, so that the scores of its steps
 * are not cut short by reports, after which a model starts over; once with the model's own, for what it reports. Recordings
 * are read piece by piece; only the scores are kept.
 */
public final class StreamRun {
    /** Longest difference between a recording's length and the one that its labels state. */
    private static final double LENGTH_TOLERANCE_SECONDS = 1;

    private static final int BYTES_PER_SAMPLE = 2;

    private final KeywordSpotter live;
    private final KeywordSpotter unreported;
    private final List<String> keywords;
    private final int[] labels;
    private final int threads;
    private final Progress progress;
    private final BooleanSupplier goOn;
    private final double blockSeconds;

    /**
     * Prepares a model.
     *
     * @param model a model that runs on streamed audio
     * @param kernels computes the steps of the network
     * @param threads how many recordings at a time; does not affect results
     * @param progress told how many seconds of sound have been heard
     * @param goOn asked now and then whether to go on
     * @throws IllegalArgumentException if the model is not for streamed audio
     */
    public StreamRun(KeywordModel model, StepKernels kernels, int threads, Progress progress, BooleanSupplier goOn) {
        this(model, kernels, threads, progress, goOn, 1);
    }

    /** @param blockSeconds how much is read at a time; does not affect results */
    StreamRun(
            KeywordModel model,
            StepKernels kernels,
            int threads,
            Progress progress,
            BooleanSupplier goOn,
            double blockSeconds) {
        this.live = new KeywordSpotter(model, kernels);
        this.unreported = live.withThresholds(Map.of());
        this.keywords = keywords(model);
        this.labels = keywords.stream().mapToInt(model.labels()::indexOf).toArray();
        this.threads = threads;
        this.progress = progress;
        this.goOn = goOn;
        this.blockSeconds = blockSeconds;
    }

    /**
     * {@return the labels that a model reports, in its order; of one that reports nothing all but "unknown" and "silence"}
     *
     * @param model any
     */
    public static List<String> keywords(KeywordModel model) {
        Map<String, Float> thresholds = model.decision().thresholds();
        return model.labels().stream()
                .filter(l -> thresholds.isEmpty() ? LabelMap.isKeyword(l) : thresholds.containsKey(l))
                .toList();
    }

    /**
     * Hears all recordings.
     *
     * @param folder the recordings
     * @return one a recording, in their order
     * @throws IOException if a recording cannot be read, or its length is not the one that its labels state
     * @throws CancellationException if it was asked to stop
     */
    public List<HeardStream> hear(StreamFolder folder) throws IOException {
        List<LabelledRecording> recordings = folder.recordings();
        var heard = new HeardStream[recordings.size()];
        long[] expected = new long[recordings.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = expectedSeconds(recordings.get(i));
        }
        var clock = new SoundClock(progress, expected);
        // The longest first, so that no thread is left alone with one at the end.
        List<Integer> order = IntStream.range(0, heard.length)
                .boxed()
                .sorted(Comparator.comparingLong(i -> -expected[i]))
                .toList();
        try {
            Parallel.forEach(heard.length, threads, "listening", Progress.NONE, n -> {
                int i = order.get(n);
                heard[i] = hear(recordings.get(i), seconds -> clock.heard(i, seconds));
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return Stream.of(heard).toList();
    }

    /** Told how much of a recording has been heard. */
    private interface Heard {
        void upTo(double seconds);
    }

    private HeardStream hear(LabelledRecording recording, Heard heard) {
        int rate = live.model().features().sampleRateHz();
        short[] block = new short[Math.max(1, (int) (blockSeconds * rate))];
        SpotterState liveState = live.newState();
        SpotterState state = unreported.newState();
        var track =
                new ScoreTrack.Builder(keywords, rate, live.model().features().stepSamples());
        var detections = new ArrayList<StreamDetection>();
        try (AudioSource source = AudioFiles.open(recording.audio(), rate)) {
            for (int read = source.read(block, 0, block.length);
                    read >= 0;
                    read = source.read(block, 0, block.length)) {
                if (!goOn.getAsBoolean()) {
                    throw new CancellationException("stopped while listening to " + recording.audio());
                }
                live.process(
                        liveState,
                        block,
                        0,
                        read,
                        d -> detections.add(
                                new StreamDetection((double) d.samplePosition() / rate, d.keyword(), d.score())));
                unreported.process(state, block, 0, read, d -> {}, (s, features, output) -> {
                    track.step(s.samplePosition());
                    if (!s.gateOpen()) {
                        track.gateClosed();
                    }
                    for (int k = 0; k < labels.length; k++) {
                        track.score(k, s.score(labels[k]));
                    }
                });
                heard.upTo((double) state.samplePosition() / rate);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        double seconds = (double) state.samplePosition() / rate;
        return new HeardStream(
                new ScoredStream(recording.name(), length(recording, seconds), known(recording), track.build()),
                detections);
    }

    private List<StreamLabel> known(LabelledRecording recording) {
        return recording.labels().labels().stream()
                .filter(l -> keywords.contains(l.keyword()))
                .toList();
    }

    /** The length that the labels state, since that is what other scorers take, if the recording has it. */
    private static double length(LabelledRecording recording, double seconds) {
        Double stated = recording.labels().durationSeconds();
        if (seconds == 0) {
            throw new UncheckedIOException(
                    new IOException(recording.audio() + ": expected a recording of more than 0 s, found none"));
        }
        if (stated == null) {
            return seconds;
        }
        if (Math.abs(stated - seconds) > LENGTH_TOLERANCE_SECONDS) {
            throw new UncheckedIOException(new IOException(recording.audio() + ": expected " + stated
                    + " s of sound as its labels state, found " + seconds + " s"));
        }
        return stated;
    }

    private static long expectedSeconds(LabelledRecording recording) throws IOException {
        Double stated = recording.labels().durationSeconds();
        return stated != null
                ? Math.round(stated)
                : Math.max(1, Files.size(recording.audio()) / (BYTES_PER_SAMPLE * 16_000L));
    }
}
