package io.keyspike.app.kafka;

import io.keyspike.app.kafka.wire.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Devices that send a frame each at a steady pace until told to stop, whatever happens to the broker meanwhile. */
final class SteadySound implements AutoCloseable {

    /** What a device may do besides sending its sound. */
    interface Disturbance {
        /** @return the records to send instead of {@code record} */
        List<ProducerRecord<byte[], byte[]>> records(
                DeviceSound sound, int sequence, ProducerRecord<byte[], byte[]> record);
    }

    private static final long PACE_MILLIS = 40;

    private final List<DeviceSound> sounds;
    private final Disturbance disturbance;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<?>> sends = new ArrayList<>();
    private final AtomicInteger frames = new AtomicInteger();
    private final Thread thread;
    private volatile boolean running = true;

    SteadySound(String broker, List<DeviceSound> sounds, Disturbance disturbance) {
        this.sounds = sounds;
        this.disturbance = disturbance;
        producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", broker,
                        "linger.ms", 5,
                        "max.in.flight.requests.per.connection", 1, // as FramePublisher, and why
                        "delivery.timeout.ms", 180_000,
                        "max.block.ms", 180_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = Thread.ofPlatform().start(this::send);
    }

    private void send() {
        try {
            long next = System.nanoTime();
            for (int i = 0; running && i < sounds.getFirst().frames(); i++) {
                next += PACE_MILLIS * 1_000_000;
                Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
                for (DeviceSound sound : sounds) {
                    for (var record : disturbance.records(sound, i, sound.record(i))) {
                        sends.add(producer.send(record));
                    }
                }
                frames.incrementAndGet();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Frames of each device that were sent so far. */
    int frames() {
        return frames.get();
    }

    /**
     * Ends the sound and waits until the broker has all of it.
     *
     * @return frames of each device
     */
    int stop() throws Exception {
        running = false;
        thread.join();
        producer.flush();
        for (Future<?> send : sends) {
            send.get();
        }
        return frames.get();
    }

    @Override
    public void close() {
        running = false;
        producer.close(java.time.Duration.ZERO);
    }

    /** Frames as they are. */
    static Disturbance none() {
        return (sound, sequence, record) -> List.of(record);
    }

    /** One record in a hundred more, of those that no service should stumble over. */
    static Disturbance garbage(Random random, AtomicInteger count) {
        return (sound, sequence, record) -> {
            if (random.nextInt(100) != 0) {
                return List.of(record);
            }
            count.incrementAndGet();
            byte[] noise = new byte[random.nextInt(700)];
            random.nextBytes(noise);
            byte[] cut = java.util.Arrays.copyOf(record.value(), random.nextInt(record.value().length));
            byte[] bent = record.value().clone();
            bent[0] ^= 0x55;
            var bad = switch (random.nextInt(5)) {
                case 0 -> new ProducerRecord<byte[], byte[]>(Topics.AUDIO_FRAMES, sound.key(), null);
                case 1 -> new ProducerRecord<byte[], byte[]>(Topics.AUDIO_FRAMES, null, record.value());
                case 2 -> new ProducerRecord<>(Topics.AUDIO_FRAMES, sound.key(), noise);
                case 3 -> new ProducerRecord<>(Topics.AUDIO_FRAMES, sound.key(), cut);
                default -> new ProducerRecord<>(Topics.AUDIO_FRAMES, sound.key(), bent);
            };
            return List.of(bad, record);
        };
    }
}
