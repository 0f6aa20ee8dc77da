package io.keyspike.app.live;

import io.keyspike.trainer.compose.SpeechExtent;
import io.keyspike.trainer.compose.Utterance;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The last ten seconds of each watched stream, and of each detection in it, in memory; exists only if enabled by the user.
 * Thread-safe.
 */
final class KeptSounds {

    /** Seconds kept for a detection. */
    static final int SECONDS = 10;

    /** Number of detections whose audio is kept: 16 MB. */
    private static final int MAXIMUM_DETECTIONS = 50;

    /** Number of watched streams: as many as browsers are watching. */
    private static final int MAXIMUM_STREAMS = 200;

    /** The audio up to a detection. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier of samples, never compared
    record Sound(int sampleRateHz, short[] samples) {

        /** From a second before the word to the detection: what a person wants to hear of a detection. */
        Sound fromBeforeTheWord() {
            int longest = Math.min(samples.length, (int) (LONGEST_WORD_SECONDS * sampleRateHz));
            short[] end = Arrays.copyOfRange(samples, samples.length - longest, samples.length);
            Utterance word = SpeechExtent.find("word", end, sampleRateHz);
            int start = samples.length - longest + (word == null ? 0 : word.start());
            int from = Math.max(0, start - (int) (LEAD_SECONDS * sampleRateHz));
            return new Sound(sampleRateHz, Arrays.copyOfRange(samples, from, samples.length));
        }
    }

    private static final double LEAD_SECONDS = 1;

    /** The word of a detection is looked for in the last seconds before it. */
    private static final double LONGEST_WORD_SECONDS = 2;

    private final Map<String, Ring> rings = new ConcurrentHashMap<>();
    private final LinkedHashMap<String, Sound> kept = new LinkedHashMap<>();

    /** Adds a frame of a watched stream. */
    void add(String stream, int sampleRateHz, short[] samples) {
        Ring ring = rings.get(stream);
        if (ring == null || ring.sampleRateHz != sampleRateHz) {
            if (rings.size() >= MAXIMUM_STREAMS) {
                rings.clear();
            }
            ring = new Ring(sampleRateHz);
            rings.put(stream, ring);
        }
        ring.add(samples);
    }

    /** Keeps the latest audio for a detection. @return whether there was any */
    boolean keep(String stream, String detection) {
        Ring ring = rings.get(stream);
        if (ring == null) {
            return false;
        }
        var sound = new Sound(ring.sampleRateHz, ring.last());
        synchronized (kept) {
            kept.put(detection, sound);
            if (kept.size() > MAXIMUM_DETECTIONS) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        return true;
    }

    /** The audio of a detection, or null if none is kept. */
    @Nullable
    Sound of(String detection) {
        synchronized (kept) {
            return kept.get(detection);
        }
    }

    /** A ring buffer of samples. */
    private static final class Ring {
        final int sampleRateHz;
        private final short[] samples;
        private int next;
        private int filled;

        Ring(int sampleRateHz) {
            this.sampleRateHz = sampleRateHz;
            samples = new short[SECONDS * sampleRateHz];
        }

        synchronized void add(short[] more) {
            for (short sample : more) {
                samples[next] = sample;
                next = (next + 1) % samples.length;
            }
            filled = Math.min(samples.length, filled + more.length);
        }

        synchronized short[] last() {
            if (filled < samples.length) {
                return Arrays.copyOf(samples, filled);
            }
            short[] all = new short[samples.length];
            System.arraycopy(samples, next, all, 0, samples.length - next);
            System.arraycopy(samples, 0, all, samples.length - next, next);
            return all;
        }
    }
}
