package io.keyspike.trainer.features;

import io.keyspike.audio.features.ChannelNormaliser;
import io.keyspike.audio.features.FeatureExtractor;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.NormaliserFit;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.Progress;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.compose.StreamComposer;
import io.keyspike.trainer.config.StreamsConfig.BankConfig;
import io.keyspike.trainer.config.StreamsConfig.TargetConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Composed streams as frames, in memory, some of them composed anew before each epoch. Which variant of a stream there is
 * depends on how often the bank was refreshed and on nothing else; so the streams of the next refresh can be composed while
 * those of the present one are in use ({@link #ahead}). For use by one thread, but for the pieces of work that it gives out.
 */
public final class StreamBank {

    /** Of a frame that says nothing about the network: while a keyword is spoken, and shortly after it. */
    public static final byte ANYTHING = -1;

    /** A pause counts as one from so long after speech. */
    private static final double SPEECH_LASTS_SECONDS = 0.3;

    /** Streams whose frames make the normaliser. */
    private static final int FITTED = 48;

    private final StreamComposer composer;
    private final FeatureSpec spec;
    private final FeatureExtractor extractor;
    private final BankConfig config;
    private final TargetConfig targets;
    private final int unknown;
    private final int silence;
    private final int threads;
    private final Progress progress;
    private final @Nullable Entry[] entries;
    private @Nullable ChannelNormaliser normaliser;
    private @Nullable Refresh next;

    /**
     * A stream of the bank.
     *
     * @param variant which of the composer's it is
     * @param frames {@code [frames, width]}, normalised
     * @param targets {@code [frames]}: the label of a frame, or {@link #ANYTHING}
     * @param words keywords, in samples
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Entry(long variant, float[] frames, byte[] targets, List<ComposedStream.Word> words) {}

    /**
     * What is to be composed for a refresh, or was.
     *
     * @param number how often the bank will have been refreshed
     * @param streams their numbers
     * @param composed of each stream, by whoever comes to it first
     */
    private record Refresh(long number, List<Integer> streams, List<FutureTask<Entry>> composed) {}

    /**
     * An empty bank.
     *
     * @param spec the model's features, with or without normaliser
     * @param unknown label of speech that is no keyword
     * @param silence label of everything else; the same as {@code unknown} where the model has none
     */
    public StreamBank(
            StreamComposer composer,
            FeatureSpec spec,
            BankConfig config,
            TargetConfig targets,
            int unknown,
            int silence,
            int threads,
            Progress progress) {
        this.composer = composer;
        this.spec = NormaliserFit.specToMeasure(spec);
        this.config = config;
        this.targets = targets;
        this.unknown = unknown;
        this.silence = silence;
        this.threads = threads;
        this.progress = progress;
        extractor = FeatureExtractors.of(this.spec);
        entries = new @Nullable Entry[config.streams()];
    }

    /** Measures mean and deviation of the frames of the first streams. */
    public NormaliserFit fit() {
        var fit = new NormaliserFit(spec.channels());
        for (float[] frames : rawFrames(Math.min(FITTED, config.streams()))) {
            float[] row = new float[spec.width()];
            for (int at = 0; at < frames.length; at += row.length) {
                System.arraycopy(frames, at, row, 0, row.length);
                fit.add(row);
            }
        }
        return fit;
    }

    private List<float[]> rawFrames(int count) {
        float[][] all = new float[count][];
        Parallel.forEach(count, threads, "measuring features", progress, i -> {
            all[i] = frames(composer.compose(i, 0, config.seconds()));
        });
        return Arrays.asList(all);
    }

    /** Normalises the frames that are made from now on. */
    public void normalise(@Nullable ChannelNormaliser newNormaliser) {
        normaliser = newNormaliser;
        next = null;
    }

    /**
     * Composes what is not there yet, or not in its present variant. What was composed {@link #ahead} of it is taken, and
     * what is being composed waited for.
     *
     * @param refreshed how often the bank has been refreshed
     * @throws RuntimeException what composing a stream threw, here or ahead
     */
    public void prepare(long refreshed) {
        Refresh refresh = next != null && next.number() == refreshed ? next : refresh(refreshed);
        next = null;
        int[] left = IntStream.range(0, refresh.streams().size())
                .filter(m -> !refresh.composed().get(m).isDone())
                .toArray();
        Parallel.forEach(left.length, threads, "composing streams", progress, l -> {
            FutureTask<Entry> stream = refresh.composed().get(left[l]);
            stream.run();
            Parallel.await(stream, "composing streams");
        });
        for (int m = 0; m < refresh.streams().size(); m++) {
            entries[refresh.streams().get(m)] =
                    Parallel.await(refresh.composed().get(m), "composing streams");
        }
    }

    /**
     * What a later {@link #prepare} will compose, as pieces of work that can be done before, at any time and by any threads,
     * while the streams that are there are in use. Pieces that were not begun are left to {@link #prepare}. Until then the
     * streams that were composed are in memory beside those that they replace.
     *
     * @param refreshed how often the bank will have been refreshed
     * @return pieces that throw nothing: {@link #prepare} does instead
     */
    public List<Runnable> ahead(long refreshed) {
        next = refresh(refreshed);
        return List.copyOf(next.composed());
    }

    private Refresh refresh(long refreshed) {
        List<Integer> missing = IntStream.range(0, entries.length)
                .filter(i -> {
                    Entry e = entries[i];
                    return e == null || e.variant() != variant(i, refreshed);
                })
                .boxed()
                .toList();
        return new Refresh(
                refreshed,
                missing,
                missing.stream()
                        .map(i -> new FutureTask<>(() -> entry(i, variant(i, refreshed))))
                        .toList());
    }

    /** How often stream i was among those composed anew: they take turns. */
    private long variant(int i, long refreshed) {
        long composed = refreshed * config.refreshed();
        return composed <= i ? 0 : (composed - i - 1) / entries.length + 1;
    }

    private Entry entry(int i, long variant) {
        ComposedStream stream = composer.compose(i, variant, config.seconds());
        float[] frames = frames(stream);
        if (normaliser != null) {
            for (int at = 0; at < frames.length; at += spec.width()) {
                normaliser.apply(frames, at);
            }
        }
        return new Entry(variant, frames, targets(stream, frames.length / spec.width()), stream.words());
    }

    private float[] frames(ComposedStream stream) {
        float[][] rows = FeatureExtractors.extract(extractor, stream.samples());
        float[] frames = new float[rows.length * spec.width()];
        for (int f = 0; f < rows.length; f++) {
            System.arraycopy(rows[f], 0, frames, f * spec.width(), spec.width());
        }
        return frames;
    }

    private byte[] targets(ComposedStream stream, int frames) {
        byte[] codes = new byte[frames];
        Arrays.fill(codes, (byte) silence);
        for (ComposedStream.Span span : stream.speech()) {
            fill(codes, span.start(), span.end() + seconds(SPEECH_LASTS_SECONDS), (byte) unknown);
        }
        for (ComposedStream.Word word : stream.words()) {
            int from = word.end() - seconds(targets.earlySeconds());
            int to = word.end() + seconds(targets.lateSeconds());
            fill(codes, word.start(), from, ANYTHING);
            fill(codes, from, to, (byte) word.label());
            fill(codes, to, word.end() + seconds(targets.forgottenSeconds()), ANYTHING);
        }
        return codes;
    }

    /** The first frame at which a keyword may be reported. */
    int reportableFrom(ComposedStream.Word word) {
        return frameAt(word.end() - seconds(targets.earlySeconds()));
    }

    /** The frame after the last one at which a keyword may be reported. */
    int reportableTo(ComposedStream.Word word) {
        return frameAt(word.end() + seconds(targets.lateSeconds()));
    }

    private void fill(byte[] codes, int fromSample, int toSample, byte code) {
        int from = Math.clamp(frameAt(fromSample), 0, codes.length);
        int to = Math.clamp(frameAt(toSample), from, codes.length);
        Arrays.fill(codes, from, to, code);
    }

    private int seconds(double seconds) {
        return (int) Math.round(seconds * spec.sampleRateHz());
    }

    /** The first frame whose last sample is not before a sample. */
    public int frameAt(int sample) {
        return Math.ceilDiv(sample - window(), spec.stepSamples());
    }

    /**
     * The sample after the last one that a frame has seen: when a live stream has it.
     *
     * @param frame from 0
     */
    public int sampleAt(int frame) {
        return frame * spec.stepSamples() + window();
    }

    private int window() {
        return switch (spec) {
            case LogMelSpec logMel -> logMel.fftSize();
            case FilterbankSpec filterbank -> filterbank.stepSamples();
        };
    }

    /** Length of each stream. */
    public double seconds() {
        return config.seconds();
    }

    /** Streams. */
    public int streams() {
        return entries.length;
    }

    /** Width of a frame. */
    public int width() {
        return spec.width();
    }

    /** Seconds from a frame to the next. */
    public double frameSeconds() {
        return spec.stepSeconds();
    }

    /** Length of each stream in hours times the number of streams. */
    public double hours() {
        return entries.length * config.seconds() / 3_600;
    }

    /**
     * A stream.
     *
     * @throws IllegalStateException if the bank has not been prepared
     */
    public Entry entry(long i) {
        Entry entry = entries[(int) i];
        if (entry == null) {
            throw new IllegalStateException("stream bank: expected one that was prepared, found none");
        }
        return entry;
    }

    /** All keywords there are, by label. */
    List<List<Place>> places(int labels) {
        var places = new ArrayList<List<Place>>();
        for (int l = 0; l < labels; l++) {
            places.add(new ArrayList<>());
        }
        for (int i = 0; i < entries.length; i++) {
            for (ComposedStream.Word word : entry((long) i).words()) {
                places.get(word.label()).add(new Place(i, frameAt(word.end())));
            }
        }
        return places;
    }

    /**
     * A frame of a stream.
     *
     * @param stream its number
     * @param frame of it
     */
    public record Place(int stream, int frame) {}
}
