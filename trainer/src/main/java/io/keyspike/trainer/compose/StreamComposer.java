package io.keyspike.trainer.compose;

import io.keyspike.trainer.common.Interpolation;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.compose.ComposedStream.Span;
import io.keyspike.trainer.compose.ComposedStream.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Composes streams: keywords, other words, connected speech and pauses in a row, in one room, over one background, at one
 * gain. A stream depends on seed, number and variant alone, so any of them can be composed again, on any thread. Immutable.
 */
public final class StreamComposer {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0xC0_3A;

    private static final double FADE_SECONDS = 0.01;

    /**
     * What is left of the recording around a word, at least: energy alone does not find the burst of a "g" or the end of an "f",
     * and a network that never heard them takes "go" for "no".
     */
    private static final double LEAST_MARGIN_SECONDS = 0.08;

    /** What is left of the recording around a word, at most. */
    static final double MARGIN_SECONDS = 0.2;

    /** A background is joined to itself over this time. */
    private static final double CROSSFADE_SECONDS = 0.1;

    /** Quieter backgrounds would only amplify their quantisation. */
    private static final double LEAST_NOISE_RMS = 32768 * 1e-3;

    private final SoundStock stock;
    private final ComposeSettings settings;
    private final long seed;
    private final List<Integer> labels;
    private final int rate;
    private final List<float[]> rooms;
    private final List<short[]> noises;

    /** A composer of streams from one stock. */
    public StreamComposer(SoundStock stock, ComposeSettings settings, long seed) {
        this.stock = stock;
        this.settings = settings;
        this.seed = seed;
        rate = stock.sampleRateHz();
        labels = IntStream.range(0, stock.words().size())
                .filter(l -> !stock.words().get(l).isEmpty())
                .boxed()
                .toList();
        rooms = stock.rooms().stream().map(r -> Room.measured(r, rate)).toList();
        noises = stock.noises().stream().filter(n -> rms(n) >= LEAST_NOISE_RMS).toList();
    }

    /**
     * One stream.
     *
     * @param number of the stream
     * @param variant the same stream made differently, 0, 1, …
     * @param seconds its length
     */
    public ComposedStream compose(long number, long variant, double seconds) {
        var random = new SplitMix(seed, PURPOSE, number, variant);
        float[] sound = new float[(int) Math.round(seconds * rate)];
        var words = new ArrayList<Word>();
        var spans = new ArrayList<Span>();
        int at = samples(random, settings.gapSeconds());
        while (at < sound.length) {
            at = place(random, sound, at, words, spans) + samples(random, settings.gapSeconds());
        }
        if (random.nextDouble() < settings.roomProbability()) {
            sound = new Convolution(room(random)).apply(sound);
        }
        addNoise(random, sound);
        return new ComposedStream(atGain(random, sound), words, spans);
    }

    /** The sound as PCM16, at a gain out of the settings' range. */
    short[] atGain(SplitMix random, float[] sound) {
        double gain = 32768
                * decibels(random.between(
                        settings.gainDb().get(0), settings.gainDb().get(1)));
        short[] samples = new short[sound.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.clamp(Math.rint(gain * sound[i]), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return samples;
    }

    /** @return the sample after the piece */
    private int place(SplitMix random, float[] sound, int at, List<Word> words, List<Span> spans) {
        double kind = random.nextDouble();
        if (kind < settings.keywordShare() && !labels.isEmpty()) {
            int label = labels.get(random.nextInt(labels.size()));
            List<Utterance> of = stock.words().get(label);
            Utterance word = of.get(random.nextInt(of.size()));
            return add(random, sound, at, sound.length, word, word.start(), word.end(), label, words, spans);
        }
        kind -= settings.keywordShare();
        if (kind < settings.otherShare() && !stock.others().isEmpty()) {
            Utterance word = stock.others().get(random.nextInt(stock.others().size()));
            return add(random, sound, at, sound.length, word, word.start(), word.end(), -1, words, spans);
        }
        kind -= settings.otherShare();
        if (kind < settings.speechShare() && !stock.speech().isEmpty()) {
            Utterance speech = stock.speech().get(random.nextInt(stock.speech().size()));
            int longest = (int) (settings.speechSeconds() * rate);
            int length = speech.end() - speech.start();
            int from = speech.start() + (length > longest ? random.nextInt(length - longest) : 0);
            return add(
                    random,
                    sound,
                    at,
                    sound.length,
                    speech,
                    from,
                    Math.min(speech.end(), from + longest),
                    -1,
                    words,
                    spans);
        }
        return at + samples(random, settings.pauseSeconds());
    }

    /**
     * Adds a piece, unless it would go beyond {@code limit}.
     *
     * @param at where its first sample goes
     * @param limit at most the sound's length
     * @param start first sample of its speech that is used
     * @param end sample after the last one
     * @param label index of the keyword; -1 if it is none
     * @return the sample after the piece; {@code limit} if it does not fit
     */
    int add(
            SplitMix random,
            float[] sound,
            int at,
            int limit,
            Utterance piece,
            int start,
            int end,
            int label,
            List<Word> words,
            List<Span> spans) {
        double speed = random.nextDouble() < settings.speedProbability()
                ? random.between(settings.speed().get(0), settings.speed().get(1))
                : 1;
        double level = settings.levelDb() + random.between(-settings.levelSpreadDb(), settings.levelSpreadDb());
        int before = Math.min(start, margin(random));
        int after = Math.min(piece.samples().length - end, margin(random));
        int from = start - before;
        int length = (int) ((end + after - from) / speed);
        if (at + length > limit) {
            return limit;
        }
        double factor = decibels(level) / piece.level() / 32768;
        int fade = Math.max(1, Math.min(length / 2, (int) (FADE_SECONDS * rate)));
        int middle = Math.max(fade, length - fade);
        Interpolation.add(piece.samples(), from, speed, factor, sound, at, fade, middle);
        for (int i = 0; i < length; i = i + 1 == fade ? middle : i + 1) {
            double edge = share(i, length, fade);
            sound[at + i] += (float) (factor * edge * Interpolation.cubic(piece.samples(), from + i * speed));
        }
        int first = at + (int) (before / speed);
        int last = Math.min(at + length, at + (int) ((end - from) / speed));
        spans.add(new Span(first, last));
        if (label >= 0) {
            words.add(new Word(label, first, last));
        }
        return at + length;
    }

    private int margin(SplitMix random) {
        return (int) (random.between(LEAST_MARGIN_SECONDS, MARGIN_SECONDS) * rate);
    }

    private float[] room(SplitMix random) {
        // Half of them simulated, so that a small stock of rooms is not learnt by heart.
        if (!rooms.isEmpty() && random.nextDouble() < 0.5) {
            return rooms.get(random.nextInt(rooms.size()));
        }
        return simulatedRoom(random);
    }

    /** The impulse response of a room out of the settings' range. */
    float[] simulatedRoom(SplitMix random) {
        double t60 = random.between(
                settings.reverberationSeconds().get(0),
                settings.reverberationSeconds().get(1));
        return Room.simulated(t60, random.between(-6, 12), rate, random);
    }

    /** Adds a background at an SNR out of the settings' range, or none, by the settings' probability. */
    void addNoise(SplitMix random, float[] sound) {
        if (!noises.isEmpty() && random.nextDouble() < settings.noiseProbability()) {
            double snr =
                    random.between(settings.snrDb().get(0), settings.snrDb().get(1));
            addNoise(random, sound, settings.levelDb() - snr);
        }
    }

    private void addNoise(SplitMix random, float[] sound, double levelDb) {
        int fade = (int) (CROSSFADE_SECONDS * rate);
        int at = 0;
        while (at < sound.length) {
            short[] noise = noises.get(random.nextInt(noises.size()));
            int longest = 20 * rate;
            int from = noise.length > longest ? random.nextInt(noise.length - longest) : 0;
            int length = Math.min(longest, noise.length - from);
            int edge = Math.max(1, Math.min(fade, length / 2));
            long power = 0;
            for (int i = from; i < from + length; i++) {
                power += noise[i] * noise[i];
            }
            double factor = power == 0 ? 0 : decibels(levelDb) / Math.sqrt((double) power / length);
            int end = Math.min(length, sound.length - at);
            int middle = Math.max(edge, Math.min(length - edge, end));
            for (int i = edge; i < middle; i++) {
                sound[at + i] += (float) (factor * noise[from + i]);
            }
            for (int i = 0; i < end; i = i + 1 == edge ? middle : i + 1) {
                sound[at + i] += (float) (factor * Math.sqrt(share(i, length, edge)) * noise[from + i]);
            }
            at += Math.max(1, length - edge);
        }
    }

    /** Of a sample of a piece that fades in and out over {@code fade} samples; 1 between them. */
    private static double share(int i, int length, int fade) {
        return Math.min(1.0, (Math.min(i, length - 1 - i) + 0.5) / fade);
    }

    int samples(SplitMix random, List<Double> seconds) {
        return (int) (random.between(seconds.get(0), seconds.get(1)) * rate);
    }

    private static double rms(short[] samples) {
        double power = 0;
        for (short s : samples) {
            power += (double) s * s;
        }
        return samples.length == 0 ? 0 : Math.sqrt(power / samples.length);
    }

    private static double decibels(double db) {
        return Math.pow(10, db / 20);
    }
}
