package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.Clients;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The devices of a {@link WarmUp}: made-up ones, with frames of the lengths that devices send. */
final class WarmUpLoad implements AutoCloseable {

    static final int DEVICES = 256;

    private static final int[] FRAME_MILLIS = {80, 80, 20, 100};

    private static final long SESSION = 1;
    private static final int LINGER_MILLIS = 2;

    private final KafkaProducer<byte[], byte[]> producer;
    private final WarmUpSound sound;
    private final byte[][] keys = new byte[DEVICES][];
    private long sent;

    WarmUpLoad(String bootstrapServers, WarmUpSound sound) {
        this.sound = sound;
        var settings = new HashMap<String, Object>(Clients.IN_ORDER);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        producer = Clients.producer(settings);
        for (int device = 0; device < DEVICES; device++) {
            keys[device] = name(device).getBytes(StandardCharsets.UTF_8);
        }
    }

    static String name(int device) {
        return "warm-up-" + device;
    }

    /** Sends the next frame of each device. */
    @SuppressWarnings("FutureReturnValueIgnored") // a lost frame is no loss here
    void round() {
        long sequence = sent / DEVICES;
        long nowMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        for (int device = 0; device < DEVICES; device++) {
            int millis = FRAME_MILLIS[device % FRAME_MILLIS.length];
            var samples = new short[sound.rateHz() * millis / 1_000];
            sound.read(device * 7_919L + sequence * samples.length, samples);
            var frame = new AudioFrame(
                    sound.rateHz(), SESSION, sequence, nowMicros - TimeUnit.MILLISECONDS.toMicros(millis), samples);
            producer.send(new ProducerRecord<>(Topics.AUDIO_FRAMES, keys[device], FrameCodec.encode(frame)));
        }
        sent += DEVICES;
    }

    /** Frames sent so far, of all devices. */
    long sent() {
        return sent;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
