package io.keyspike.app.bench;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Clients;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Simulates many devices in one thread: each sends one frame per frame duration, evenly spread over that time, and records
 * when each frame was due. Fails if the broker rejects a frame.
 */
final class DeviceLoad implements AutoCloseable {

    /** Frames of a device whose time of sending is known: 80 s of 80 ms, more than a restart of the service takes. */
    private static final int REMEMBERED = 1_024;

    private static final long SESSION = 1;
    private static final String PREFIX = "device-";

    private final KafkaProducer<byte[], byte[]> producer;
    private final LoopedSound sound;
    private final byte[][] keys;
    private final AtomicLongArray sentNanos;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private @Nullable Thread thread;
    private volatile boolean running = true;
    private final AtomicLong sent = new AtomicLong();

    DeviceLoad(String bootstrapServers, Map<String, String> properties, LoopedSound sound, int devices) {
        this.sound = sound;
        var settings = new HashMap<String, Object>();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 128L << 20);
        settings.putAll(Clients.IN_ORDER);
        settings.putAll(properties);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        producer = Clients.producer(settings);
        keys = new byte[devices][];
        for (int d = 0; d < devices; d++) {
            keys[d] = name(d).getBytes(StandardCharsets.UTF_8);
        }
        sentNanos = new AtomicLongArray(devices * REMEMBERED);
    }

    static String name(int device) {
        return PREFIX + device;
    }

    /** The number of the device with a name. */
    static int device(String name) {
        return Integer.parseInt(name.substring(PREFIX.length()));
    }

    /** In real time, until {@link #close}. */
    void start() {
        // Devices that have been connected for long: what their connection takes is no delay of the service.
        producer.partitionsFor(Topics.AUDIO_FRAMES);
        Thread started = new Thread(this::sendInRealTime, "devices");
        thread = started;
        started.start();
    }

    private void sendInRealTime() {
        long start = System.nanoTime();
        double gapNanos = sound.frameSeconds() * 1e9 / keys.length;
        for (long n = 0; running; n++) {
            long due = start + (long) (n * gapNanos);
            for (long wait; (wait = due - System.nanoTime()) > 0 && running; ) {
                LockSupport.parkNanos(wait);
            }
            send((int) (n % keys.length), n / keys.length, due);
        }
    }

    /** Sends some frames of each device as fast as the broker accepts them; returns when it has them. */
    void sendAtOnce(int framesOfEach) {
        for (int sequence = 0; sequence < framesOfEach; sequence++) {
            for (int device = 0; device < keys.length; device++) {
                send(device, sequence, System.nanoTime());
            }
        }
        producer.flush();
        rethrow();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback takes note of a failure
    private void send(int device, long sequence, long dueNanos) {
        long durationMicros = Math.round(sound.frameSeconds() * 1e6);
        long captured = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - durationMicros;
        var frame = new AudioFrame(sound.sampleRateHz(), SESSION, sequence, captured, sound.frame(device, sequence));
        byte[] bytes = FrameCodec.encode(frame);
        sentNanos.set(slot(device, sequence), dueNanos);
        producer.send(new ProducerRecord<>(Topics.AUDIO_FRAMES, keys[device], bytes), (metadata, error) -> {
            if (error != null) {
                failure.compareAndSet(null, error);
            }
        });
        sent.incrementAndGet();
    }

    private static int slot(int device, long sequence) {
        return device * REMEMBERED + (int) (sequence % REMEMBERED);
    }

    /** Frames sent so far, of all devices. */
    long sent() {
        return sent.get();
    }

    /**
     * When the frame that holds a sample was due to be sent, by {@link System#nanoTime}: what holds this thread up counts as
     * the frame's delay.
     */
    long sentNanos(int device, long samplePosition) {
        return sentNanos.get(slot(device, (samplePosition - 1) / sound.frameSamples()));
    }

    /** @throws BrokerException if a frame was not taken */
    void rethrow() {
        Exception failed = failure.get();
        if (failed != null) {
            throw new BrokerException("the broker rejected a frame: " + failed.getMessage(), failed);
        }
    }

    /** Sends no more; returns when the broker has taken what was sent. */
    void stop() {
        halt();
        producer.flush();
    }

    private void halt() {
        running = false;
        Thread started = thread;
        if (started != null) {
            LockSupport.unpark(started);
            try {
                started.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        halt();
        producer.close(Duration.ofSeconds(10));
    }
}
