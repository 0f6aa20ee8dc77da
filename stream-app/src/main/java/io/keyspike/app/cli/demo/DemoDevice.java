package io.keyspike.app.cli.demo;

import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.WallClock;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.audio.AudioFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A device of the demo, whose microphone never stops: it sends its sentences and, in real time, the noise of a quiet room in
 * between. Confined to one thread.
 */
final class DemoDevice {

    /** Sample rate of the devices. */
    static final int RATE_HZ = 16_000;

    private static final int FRAME = RATE_HZ * FramePublisher.DEFAULT_FRAME_MILLIS / 1000;

    /** Minimum length of room noise at the start of sentences, which is repeated in the pauses between them. */
    private static final int ROOM_SAMPLES = RATE_HZ / 2;

    private final FramePublisher.Session session;
    private final StopSignal running;
    private final boolean realTime;
    private final AtomicLong frames = new AtomicLong();
    private final long startNanos = System.nanoTime();
    private final long startMicros = WallClock.micros();
    private short[] room = new short[ROOM_SAMPLES];
    private long sent;

    DemoDevice(FramePublisher publisher, String name, boolean realTime, StopSignal running) {
        this.session = publisher.open(name, RATE_HZ);
        this.realTime = realTime;
        this.running = running;
    }

    /** Frames sent so far. */
    long frames() {
        return frames.get();
    }

    /** Sends a whole sentence. */
    void hear(Path file) throws IOException {
        short[] samples = AudioFiles.readAll(file, RATE_HZ);
        if (samples.length >= ROOM_SAMPLES) {
            room = Arrays.copyOf(samples, ROOM_SAMPLES);
        }
        for (int at = 0; at < samples.length && running.getAsBoolean(); at += FRAME) {
            send(samples, at, Math.min(at + FRAME, samples.length));
        }
    }

    /** Sends room noise until {@code over} returns true; sends nothing if not in real time. */
    void waitFor(BooleanSupplier over) {
        int at = 0;
        while (realTime && !over.getAsBoolean() && running.getAsBoolean()) {
            send(room, at, at + FRAME);
            at = (at + FRAME) % (ROOM_SAMPLES - ROOM_SAMPLES % FRAME);
        }
    }

    private void send(short[] samples, int from, int to) {
        int length = to - from;
        long captured;
        if (realTime) {
            captured = startMicros + sent * 1_000_000 / RATE_HZ;
            // A frame is complete once its last sample has been captured.
            running.sleepUntil(startNanos + (sent + length) * 1_000_000_000L / RATE_HZ);
        } else {
            captured = WallClock.micros() - length * 1_000_000L / RATE_HZ;
        }
        session.send(samples, from, to, captured);
        sent += length;
        frames.incrementAndGet();
    }
}
