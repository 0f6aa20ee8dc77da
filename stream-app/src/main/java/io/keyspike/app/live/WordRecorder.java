package io.keyspike.app.live;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records samples of words from a stream on request: 3.5 s, of which the part that is spoken is a clip for training. Held in
 * memory until it is kept. Thread-safe.
 */
final class WordRecorder {

    static final double RECORDED_SECONDS = 3.5;

    private static final int MAXIMUM = 20;

    /** One sample of a word. Guarded by the recorder. */
    static final class Recording {
        final String word;
        final String device;
        private short @Nullable [] samples;
        private int filled;
        private int sampleRateHz;

        Recording(String word, String device) {
            this.word = word;
            this.device = device;
        }

        boolean isDone() {
            return samples != null && filled == samples.length;
        }

        int sampleRateHz() {
            return sampleRateHz;
        }

        short[] samples() {
            return samples == null ? new short[0] : samples;
        }
    }

    private final Map<String, Recording> recordings = new LinkedHashMap<>();
    private volatile boolean active;

    /** Records the next audio of a device. */
    synchronized void begin(String id, String word, String device) {
        if (recordings.size() >= MAXIMUM) {
            recordings.remove(recordings.keySet().iterator().next());
        }
        recordings.put(id, new Recording(word, device));
        active = true;
    }

    synchronized @Nullable Recording of(String id) {
        return recordings.get(id);
    }

    synchronized void forget(String id) {
        recordings.remove(id);
    }

    /** Receives a frame of a stream. */
    void take(String device, int sampleRateHz, short[] frame) {
        if (active) {
            fill(device, sampleRateHz, frame);
        }
    }

    private synchronized void fill(String device, int sampleRateHz, short[] frame) {
        boolean more = false;
        for (Recording each : recordings.values()) {
            if (each.isDone()) {
                continue;
            }
            more = true;
            if (!each.device.equals(device)) {
                continue;
            }
            short[] samples = each.samples;
            if (samples == null) {
                samples = new short[(int) (RECORDED_SECONDS * sampleRateHz)];
                each.samples = samples;
                each.sampleRateHz = sampleRateHz;
            }
            int count = Math.min(frame.length, samples.length - each.filled);
            System.arraycopy(frame, 0, samples, each.filled, count);
            each.filled += count;
        }
        active = more;
    }
}
