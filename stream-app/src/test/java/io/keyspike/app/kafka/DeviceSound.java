package io.keyspike.app.kafka;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.models.spotter.KeywordSpotter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A device of a test: its sound, cut into frames. */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record DeviceSound(String device, long session, short[] samples) {

    public static DeviceSound of(int index, int frames) {
        return new DeviceSound(
                "device-%03d".formatted(index), 1_000 + index, TestModels.sound(index, frames * TestModels.FRAME));
    }

    public int frames() {
        return samples.length / TestModels.FRAME;
    }

    public byte[] key() {
        return device.getBytes(StandardCharsets.UTF_8);
    }

    public byte[] frame(int sequence) {
        return frame(sequence, 0);
    }

    /** @param clockMicros how far the device's clock is ahead */
    byte[] frame(int sequence, long clockMicros) {
        return FrameCodec.encode(new AudioFrame(
                TestModels.RATE_HZ,
                session,
                sequence,
                1_700_000_000_000_000L + sequence * 20_000L + clockMicros,
                Arrays.copyOfRange(samples, sequence * TestModels.FRAME, (sequence + 1) * TestModels.FRAME)));
    }

    public ProducerRecord<byte[], byte[]> record(int sequence) {
        return record(frame(sequence));
    }

    /** All frames, in order. */
    public List<ProducerRecord<byte[], byte[]>> records() {
        return IntStream.range(0, frames()).mapToObj(this::record).toList();
    }

    public ProducerRecord<byte[], byte[]> record(byte[] value) {
        return new ProducerRecord<>(Topics.AUDIO_FRAMES, key(), value);
    }

    /** The events of undisturbed processing, without Kafka. */
    public List<KeywordEvent.Identity> expected(KeywordSpotter spotter) {
        return TestModels.identities(device, session, spotter, TestModels.hear(spotter, samples));
    }
}
