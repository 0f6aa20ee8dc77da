package io.keyspike.trainer.compose;

import io.keyspike.trainer.common.SplitMix;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Recordings of words that are tones, at 16 kHz. */
public final class Tones {
    public static final int RATE_HZ = 16_000;

    private Tones() {}

    /** Samples of so many seconds. */
    public static int samples(double seconds) {
        return (int) Math.round(seconds * RATE_HZ);
    }

    /** A recording with white noise of that root mean square; none for 0. */
    public static short[] noise(double seconds, double rms, long seed) {
        var random = new SplitMix(seed, 0x70);
        short[] recording = new short[samples(seconds)];
        for (int i = 0; i < recording.length; i++) {
            recording[i] = (short) Math.rint(rms * random.nextGaussian());
        }
        return recording;
    }

    /** Adds a tone with edges of 5 ms. */
    public static short[] addTone(short[] to, double fromSeconds, double seconds, double hertz, double amplitude) {
        int from = samples(fromSeconds);
        int length = samples(seconds);
        int fade = samples(0.005);
        for (int i = 0; i < length; i++) {
            double edge = Math.min(1, (Math.min(i, length - 1 - i) + 0.5) / fade);
            double value = edge * amplitude * Math.sin(2 * Math.PI * hertz * i / RATE_HZ);
            to[from + i] = (short) (to[from + i] + Math.rint(value));
        }
        return to;
    }

    /** A tone in the middle of digital silence, as its extent is found. */
    public static Utterance word(String name, double hertz, double seconds, double amplitude) {
        short[] recording = addTone(new short[samples(seconds + 0.6)], 0.3, seconds, hertz, amplitude);
        return Objects.requireNonNull(SpeechExtent.find(name, recording, RATE_HZ));
    }

    /** Connected speech: tones between 900 and 1,300 Hz with short breaks. */
    public static Utterance speech(String name, double seconds, long seed) {
        var random = new SplitMix(seed, 0x71);
        short[] recording = new short[samples(seconds + 0.5)];
        for (double at = 0.1; at < seconds - 0.3; at += 0.3) {
            addTone(recording, at, 0.25, random.between(900, 1_300), 6_000);
        }
        return Objects.requireNonNull(SpeechExtent.findAll(name, recording, RATE_HZ));
    }

    /** Two keywords at 400 and 2,500 Hz, others at 1,500 Hz, speech, and noise of several levels. */
    public static SoundStock stock(List<short[]> rooms) {
        return new SoundStock(
                RATE_HZ,
                List.of(
                        IntStream.range(0, 3)
                                .mapToObj(i -> word("low" + i, 400, 0.35 + 0.07 * i, 2_000 + 3_000 * i))
                                .toList(),
                        IntStream.range(0, 2)
                                .mapToObj(i -> word("high" + i, 2_500, 0.5 + 0.1 * i, 9_000 - 4_000 * i))
                                .toList(),
                        List.of(),
                        List.of()),
                List.of(word("middle", 1_500, 0.4, 7_000)),
                List.of(speech("story", 20, 1), speech("sentence", 2, 2)),
                List.of(noise(1.5, 800, 3), noise(30, 100, 4)),
                rooms);
    }

    /** Root mean square of a stretch. */
    public static double rms(short[] samples, int from, int to) {
        double power = 0;
        for (int i = from; i < to; i++) {
            power += (double) samples[i] * samples[i];
        }
        return Math.sqrt(power / (to - from));
    }

    /** Decibels relative to full scale. */
    public static double decibels(double rms) {
        return 20 * Math.log10(rms / 32_768);
    }

    /** The power of one frequency in a stretch, relative to the stretch's whole power. */
    public static double share(short[] samples, int from, int to, double hertz) {
        double re = 0;
        double im = 0;
        double power = 0;
        for (int i = from; i < to; i++) {
            double angle = 2 * Math.PI * hertz * i / RATE_HZ;
            re += samples[i] * Math.cos(angle);
            im += samples[i] * Math.sin(angle);
            power += (double) samples[i] * samples[i];
        }
        return 2 * (re * re + im * im) / (power * (to - from));
    }
}
