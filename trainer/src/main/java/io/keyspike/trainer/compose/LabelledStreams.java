package io.keyspike.trainer.compose;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.compose.ComposedStream.Span;
import io.keyspike.trainer.compose.ComposedStream.Word;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Streams to measure a model on. Where {@link StreamComposer} draws its keywords, these hold a set number of them, spread
 * at random over the whole stream, and use every recording once before one is used again. Between them lie other words,
 * connected speech and pauses. A stream is made of scenes of about a minute; room, background, SNR and gain are drawn for
 * each scene, so that a single stream has many of them.
 *
 * <p>A stream depends on the stock, the settings, the plan and its number alone. Immutable: several threads may make
 * streams at the same time.
 */
public final class LabelledStreams {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x3A_BE;

    private static final long DEALING = 0xDE_A1;

    private static final double SCENE_SECONDS = 60;

    /** Labels begin so long before the speech that was found and end so long after it: onsets and releases are soft. */
    private static final double LABEL_PADDING_SECONDS = 0.1;

    /** Shortest part of a recording of connected speech that is used. */
    private static final double SHORTEST_SPEECH_SECONDS = 0.5;

    /** Least share of a scene that is not keywords. */
    private static final double LEAST_BETWEEN = 0.3;

    /** Keeps the gaps before and after keywords from being too short. */
    private static final double LEAST_WEIGHT = 0.15;

    private final SoundStock stock;
    private final ComposeSettings settings;
    private final StreamPlan plan;
    private final StreamComposer composer;
    private final List<float[]> rooms;
    private final List<Dealt> deck;
    private final int rate;
    private final int samples;
    private final int scenes;
    private final long keywordsPerStream;

    /** A recording of a keyword. */
    private record Dealt(int label, Utterance word) {}

    /** Receives a stream's samples in order. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes the next samples.
         *
         * @param samples PCM16
         * @throws IOException if they cannot be written
         */
        void write(short[] samples) throws IOException;
    }

    /** What has been placed in a stream so far. */
    private static final class Placed {
        final List<MadeStream.Label> labels = new ArrayList<>();
        int others;
        long speechSamples;
    }

    /**
     * Checks that the keywords fit.
     *
     * @param stock what the streams are made of; its keywords as the plan names them
     * @param settings how; {@code keywordShare} is not used, {@code otherShare} and {@code speechShare} are relative to the
     *     rest
     * @param plan how much
     * @throws IllegalArgumentException if so many keywords do not fit into the stream
     */
    public LabelledStreams(SoundStock stock, ComposeSettings settings, StreamPlan plan) {
        this.stock = stock;
        this.settings = settings;
        this.plan = plan;
        composer = new StreamComposer(stock, settings, plan.seed());
        rate = stock.sampleRateHz();
        rooms = stock.rooms().stream().map(r -> Room.measured(r, rate)).toList();
        deck = IntStream.range(0, stock.words().size())
                .boxed()
                .flatMap(l -> stock.words().get(l).stream().map(w -> new Dealt(l, w)))
                .toList();
        samples = (int) Math.round(plan.seconds() * rate);
        scenes = (int) Math.max(1, Math.round(plan.seconds() / SCENE_SECONDS));
        keywordsPerStream = deck.isEmpty() ? 0 : Math.round(plan.wordsPerMinute() * plan.seconds() / 60);
        long most = Math.ceilDiv(keywordsPerStream, scenes);
        int longest = deck.stream().mapToInt(d -> longest(d.word())).max().orElse(0);
        if (most * longest > (1 - LEAST_BETWEEN) * samples / scenes) {
            throw new IllegalArgumentException(
                    "streams: expected keywords to take at most 70 %% of the time, found %s words a minute of up to %.1f s"
                            .formatted(plan.wordsPerMinute(), (double) longest / rate));
        }
    }

    /** {@return how many keywords each stream holds} */
    public long keywordsPerStream() {
        return keywordsPerStream;
    }

    /** {@return how many recordings of keywords there are} */
    public int recordings() {
        return deck.size();
    }

    /** {@return the rate of the samples in Hz} */
    public int sampleRateHz() {
        return rate;
    }

    /**
     * Makes one stream.
     *
     * @param number of the stream, from 0
     * @param sink receives it scene by scene
     * @return what is in it
     * @throws IOException what the sink throws
     */
    public MadeStream make(int number, Sink sink) throws IOException {
        var placed = new Placed();
        long first = number * keywordsPerStream;
        for (int scene = 0; scene < scenes; scene++) {
            int from = (int) ((long) samples * scene / scenes);
            int to = (int) ((long) samples * (scene + 1) / scenes);
            var due = new ArrayList<Dealt>();
            for (long k = keywordsPerStream * scene / scenes; k < keywordsPerStream * (scene + 1) / scenes; k++) {
                due.add(dealt(first + k));
            }
            var random = new SplitMix(plan.seed(), PURPOSE, number, scene);
            sink.write(scene(random, from, to - from, due, placed));
        }
        return new MadeStream(
                (double) samples / rate, placed.labels, placed.others, (double) placed.speechSamples / rate);
    }

    /** The n-th recording: the deck is shuffled whenever it has been dealt. */
    private Dealt dealt(long n) {
        int[] order = new SplitMix(plan.seed(), DEALING, n / deck.size()).permutation(deck.size());
        return deck.get(order[(int) (n % deck.size())]);
    }

    /** @param offset of the scene in its stream, in samples */
    private short[] scene(SplitMix random, int offset, int length, List<Dealt> due, Placed placed) {
        float[] sound = new float[length];
        int[] gaps = gaps(
                random, length - due.stream().mapToInt(d -> longest(d.word())).sum(), due.size() + 1);
        var words = new ArrayList<Word>();
        int at = 0;
        for (int k = 0; k < gaps.length; k++) {
            boolean last = k == due.size();
            int next = last ? length : at + gaps[k];
            fill(random, sound, at, next, placed);
            if (!last) {
                Utterance word = due.get(k).word();
                at = composer.add(
                        random,
                        sound,
                        next,
                        length,
                        word,
                        word.start(),
                        word.end(),
                        due.get(k).label(),
                        words,
                        new ArrayList<>());
            }
        }
        for (int k = 0; k < words.size(); k++) {
            Word word = words.get(k);
            placed.labels.add(new MadeStream.Label(
                    Math.max(0, (double) (offset + word.start()) / rate - LABEL_PADDING_SECONDS),
                    Math.min((double) samples / rate, (double) (offset + word.end()) / rate + LABEL_PADDING_SECONDS),
                    plan.keywords().get(word.label()),
                    due.get(k).word().name()));
        }
        if (random.nextDouble() < settings.roomProbability()) {
            sound = new Convolution(room(random)).apply(sound);
        }
        composer.addNoise(random, sound);
        return composer.atGain(random, sound);
    }

    /** Gaps that sum to {@code free}, distributed as those between events that happen at random. */
    private static int[] gaps(SplitMix random, int free, int count) {
        double[] weights = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = LEAST_WEIGHT - StrictMath.log(1 - random.nextDouble());
            sum += weights[i];
        }
        int[] gaps = new int[count];
        for (int i = 0; i < count; i++) {
            gaps[i] = (int) (weights[i] / sum * free);
        }
        return gaps;
    }

    /** Fills the time between two keywords. */
    private void fill(SplitMix random, float[] sound, int from, int to, Placed placed) {
        int limit = to - gap(random);
        int at = from + gap(random);
        double shares = 1 - settings.keywordShare();
        while (at < limit) {
            double kind = random.nextDouble() * shares;
            if (kind < settings.otherShare() && !stock.others().isEmpty()) {
                at = other(random, sound, at, limit, placed);
            } else if (kind < settings.otherShare() + settings.speechShare()
                    && !stock.speech().isEmpty()) {
                at = speech(random, sound, at, limit, placed);
            } else {
                at += composer.samples(random, settings.pauseSeconds());
            }
            at += gap(random);
        }
    }

    private int other(SplitMix random, float[] sound, int at, int limit, Placed placed) {
        Utterance word = stock.others().get(random.nextInt(stock.others().size()));
        var spans = new ArrayList<Span>();
        int next = composer.add(random, sound, at, limit, word, word.start(), word.end(), -1, new ArrayList<>(), spans);
        placed.others += spans.size();
        return next;
    }

    /** As much of a recording of connected speech as fits. */
    private int speech(SplitMix random, float[] sound, int at, int limit, Placed placed) {
        Utterance speech = stock.speech().get(random.nextInt(stock.speech().size()));
        int fitting = (int) ((limit - at) * slowest() - 2 * StreamComposer.MARGIN_SECONDS * rate) - 1;
        int longest = Math.min((int) (settings.speechSeconds() * rate), fitting);
        int length = speech.end() - speech.start();
        if (longest < SHORTEST_SPEECH_SECONDS * rate) {
            return limit;
        }
        int start = speech.start() + (length > longest ? random.nextInt(length - longest) : 0);
        int end = Math.min(speech.end(), start + longest);
        var spans = new ArrayList<Span>();
        int next = composer.add(random, sound, at, limit, speech, start, end, -1, new ArrayList<>(), spans);
        spans.forEach(s -> placed.speechSamples += s.end() - s.start());
        return next;
    }

    /** A room of the stock; one that is simulated where the stock has none. */
    private float[] room(SplitMix random) {
        return rooms.isEmpty() ? composer.simulatedRoom(random) : rooms.get(random.nextInt(rooms.size()));
    }

    private int gap(SplitMix random) {
        return composer.samples(random, settings.gapSeconds());
    }

    /** Samples that a keyword takes at most. */
    private int longest(Utterance word) {
        double spoken = word.end() - word.start() + 2 * StreamComposer.MARGIN_SECONDS * rate;
        return (int) Math.ceil(spoken / slowest()) + 1;
    }

    private double slowest() {
        return settings.speedProbability() > 0 ? Math.min(1, settings.speed().get(0)) : 1;
    }
}
