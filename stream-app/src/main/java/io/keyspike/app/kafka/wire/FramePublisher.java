package io.keyspike.app.kafka.wire;

import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.AudioSource;
import io.keyspike.audio.FrameCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the audio of devices to {@link Topics#AUDIO_FRAMES}. One publisher serves any number of devices; each
 * {@link Session} belongs to one thread.
 */
public final class FramePublisher implements AutoCloseable {

    /** 20 ms: common in telephony, and a fraction of the duration of a word. */
    public static final int DEFAULT_FRAME_MILLIS = 20;

    /** Longest wait for an unresponsive broker, in milliseconds; Kafka's default of a minute is long for a command. */
    private static final int MAX_BLOCK_MILLIS = 15_000;

    private static final SecureRandom SESSIONS = new SecureRandom();

    /** How fast {@link #publish} sends. */
    public enum Pace {
        /** In real time. */
        REAL_TIME,
        /** As fast as the broker accepts it. Also for a source with its own pace, such as a microphone. */
        UNPACED
    }

    private final KafkaProducer<byte[], byte[]> producer;
    private final String bootstrapServers;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * @param properties any producer settings; they take precedence over those set here
     * @throws BrokerException if a setting is not valid
     */
    public FramePublisher(String bootstrapServers, Map<String, String> properties) {
        this.bootstrapServers = bootstrapServers;
        var settings = new HashMap<String, Object>();
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "keyspike-frames");
        settings.putAll(Clients.IN_ORDER);
        // A quarter of a frame: enough to batch the frames of many devices, not enough to be noticed.
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        settings.putAll(properties);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        producer = Clients.producer(settings);
    }

    /** Begins a session of a device, with a random id. */
    public Session open(String device, int sampleRateHz) {
        return new Session(device, sampleRateHz, SESSIONS.nextLong());
    }

    /** Begins a session with a given id, for repeatable runs. */
    public Session open(String device, int sampleRateHz, long sessionId) {
        return new Session(device, sampleRateHz, sessionId);
    }

    /** The frames of one device from its start to its end. */
    public final class Session {
        private final byte[] key;
        private final int sampleRateHz;
        private final long sessionId;
        private long sequence;

        private Session(String device, int sampleRateHz, long sessionId) {
            if (device.isEmpty()) {
                throw new IllegalArgumentException("expected a device id, found an empty one");
            }
            this.key = device.getBytes(StandardCharsets.UTF_8);
            this.sampleRateHz = sampleRateHz;
            this.sessionId = sessionId;
        }

        public long sessionId() {
            return sessionId;
        }

        /** Frames sent so far. */
        public long frames() {
            return sequence;
        }

        /**
         * Sends one frame without waiting for the broker.
         *
         * @param samples copied before this returns
         * @param captureTimeMicros when the first of them was captured, microseconds since the epoch
         * @throws BrokerException if the broker rejected this frame or an earlier one
         */
        @SuppressWarnings("FutureReturnValueIgnored") // the callback takes note of a failure
        public void send(short[] samples, int from, int to, long captureTimeMicros) {
            rethrow();
            short[] own = java.util.Arrays.copyOfRange(samples, from, to);
            var frame = new AudioFrame(sampleRateHz, sessionId, sequence, captureTimeMicros, own);
            var record = new ProducerRecord<>(Topics.AUDIO_FRAMES, key, FrameCodec.encode(frame));
            try {
                producer.send(record, (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
            } catch (KafkaException e) {
                throw notTaken(e);
            }
            sequence++;
        }
    }

    /** As {@link #publish(String, AudioSource, int, Pace, BooleanSupplier)} in frames of {@link #DEFAULT_FRAME_MILLIS}. */
    public long publish(String device, AudioSource source, Pace pace, BooleanSupplier running) throws IOException {
        return publish(device, source, DEFAULT_FRAME_MILLIS, pace, running);
    }

    /**
     * Sends a whole source as one session of a device, in frames of one length; the last one is as long as what is left.
     * Returns when the broker has everything.
     *
     * <p>Capture times: with {@link Pace#REAL_TIME}, as if the audio had started when this was called; otherwise each
     * frame counts as captured just before it is sent.
     *
     * @param running checked before each frame; false ends the session early
     * @return frames sent
     * @throws IllegalArgumentException if a frame would hold no sample or more than the wire format can
     * @throws IOException if the source fails
     * @throws BrokerException if the broker rejects the frames
     */
    public long publish(String device, AudioSource source, int frameMillis, Pace pace, BooleanSupplier running)
            throws IOException {
        int rate = source.sampleRateHz();
        long frameSamples = (long) rate * frameMillis / 1000;
        if (frameSamples < 1 || frameSamples > FrameCodec.MAXIMUM_SAMPLES) {
            throw new IllegalArgumentException("expected frames of 1 to " + FrameCodec.MAXIMUM_SAMPLES
                    + " samples, found " + frameSamples + " (" + frameMillis + " ms at " + rate + " Hz)");
        }
        short[] frame = new short[(int) frameSamples];
        Session session = open(device, rate);
        long startMicros = nowMicros();
        long startNanos = System.nanoTime();
        long sent = 0;
        int length;
        while (running.getAsBoolean() && (length = fill(source, frame)) > 0) {
            long captured;
            if (pace == Pace.REAL_TIME) {
                captured = startMicros + sent * 1_000_000 / rate;
                // A frame is complete when its last sample has been captured.
                sleepUntil(startNanos + (sent + length) * 1_000_000_000L / rate);
            } else {
                captured = nowMicros() - length * 1_000_000L / rate;
            }
            session.send(frame, 0, length, captured);
            sent += length;
        }
        flush();
        return session.frames();
    }

    /**
     * Waits until the broker has everything that was sent.
     *
     * @throws BrokerException if it rejected a frame
     */
    public void flush() {
        producer.flush();
        rethrow();
    }

    /** Sends what is waiting, for {@value #MAX_BLOCK_MILLIS} ms at most, and ends. */
    @Override
    public void close() {
        producer.close(Duration.ofMillis(MAX_BLOCK_MILLIS));
    }

    private void rethrow() {
        Exception e = failure.get();
        if (e != null) {
            throw notTaken(e);
        }
    }

    private BrokerException notTaken(Exception e) {
        if (BrokerException.isSilence(e)) {
            return new BrokerException(
                    "no Kafka broker answered at " + bootstrapServers + ", or it has no topic " + Topics.AUDIO_FRAMES
                            + " (keyspike stream --create-topics makes it)",
                    e);
        }
        return new BrokerException(
                "Kafka at " + bootstrapServers + " rejected a frame for " + Topics.AUDIO_FRAMES + ": "
                        + BrokerException.rootMessage(e),
                e);
    }

    private static int fill(AudioSource source, short[] frame) throws IOException {
        int filled = 0;
        while (filled < frame.length) {
            int read = source.read(frame, filled, frame.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled;
    }

    private static long nowMicros() {
        java.time.Instant now = java.time.Instant.now();
        return Math.addExact(now.getEpochSecond() * 1_000_000, now.getNano() / 1_000);
    }

    private static void sleepUntil(long nanoTime) {
        long left = nanoTime - System.nanoTime();
        if (left <= 0) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while sending", e);
        }
    }
}
