package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyspike.app.cli.Main;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.models.file.ModelFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a service occupies under a load that does not change: nothing may grow. A minute and a half each; twenty minutes and
 * ten, as in docs/faults.md, with {@code -Dkeyspike.steady.stream.seconds=1200 -Dkeyspike.steady.listen.seconds=600}.
 */
@Tag("slow")
class SteadyLoadTest {

    private static final int DEVICES = 10_000;
    private static final int FRAMES_A_SECOND = 1_500;
    private static final int SAMPLES = 24;
    private static final Path WAKE_WORDS =
            Path.of(System.getProperty("keyspike.root", "."), "model-zoo", "wake-words.safetensors");

    @TempDir
    Path folder;

    @BeforeEach
    void needsProc() {
        assumeTrue(
                Files.isDirectory(Path.of("/proc/self/fd")),
                "skipped: there is no /proc to read memory and files from");
    }

    @Test
    void shouldNotGrowUnderTenThousandDevices() throws Exception {
        int seconds = Integer.getInteger("keyspike.steady.stream.seconds", 90);
        int port = freePort();
        Path model = folder.resolve("first.safetensors");
        ModelFiles.write(model, TestModels.model("first", 1));
        try (BrokerProcess broker = BrokerProcess.start(folder)) {
            Topics.create(Map.of("bootstrap.servers", broker.address()), 4);
            try (JavaProcess service = JavaProcess.start(
                            folder.resolve("service.log"),
                            Main.class,
                            List.of(
                                    "stream",
                                    "--bootstrap-servers",
                                    broker.address(),
                                    "--state-dir",
                                    folder.resolve("state").toString(),
                                    "--model",
                                    model.toString(),
                                    "--metrics-port",
                                    String.valueOf(port)));
                    var load = new Load(broker.address())) {
                service.awaitSaid("listening");
                load.awaitEveryDevice();
                List<Vitals> samples = sample(service, metrics(port), seconds);
                System.out.println("steady: stream, " + load.frames() + " frames of " + DEVICES + " devices, last "
                        + samples.getLast());
                assertThat(load.failure()).isNull();
                assertThat(load.frames()).isGreaterThan(DEVICES);
                Vitals.assertFlat("stream", samples);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"silence", "noise"})
    void shouldNotGrowWhileItListensTo(String sound) throws Exception {
        int seconds = Integer.getInteger("keyspike.steady.listen.seconds", 90);
        try (JavaProcess listen = JavaProcess.start(
                folder.resolve("listen.log"),
                Main.class,
                List.of("listen", "--model", WAKE_WORDS.toString(), "--stdin", "--page", "--http-port", "0"))) {
            listen.awaitSaid("http://");
            var stopped = new AtomicReference<@Nullable IOException>();
            Thread speaker = Thread.ofPlatform().daemon().start(() -> speak(listen.input(), sound, stopped));
            List<Vitals> samples = sample(listen, null, seconds);
            System.out.println("steady: listen to " + sound + ", last " + samples.getLast());
            assertThat(stopped.get()).isNull();
            assertThat(speaker.isAlive()).isTrue();
            Vitals.assertFlat("listen to " + sound, samples);
        }
    }

    private static List<Vitals> sample(JavaProcess process, @Nullable URI metrics, int seconds)
            throws InterruptedException {
        var samples = new ArrayList<Vitals>();
        for (int i = 0; i < SAMPLES; i++) {
            TimeUnit.MILLISECONDS.sleep(seconds * 1_000L / SAMPLES);
            assertThat(process.isAlive()).as(process.said()).isTrue();
            samples.add(Vitals.of(process, metrics));
        }
        return samples;
    }

    /** 16 kHz, as a microphone delivers it: 20 ms every 20 ms. */
    private static void speak(OutputStream out, String sound, AtomicReference<@Nullable IOException> stopped) {
        var random = new Random(3);
        ByteBuffer piece = ByteBuffer.allocate(640).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long next = System.nanoTime();
            while (true) {
                if (sound.equals("noise")) {
                    for (int i = 0; i < piece.capacity(); i += 2) {
                        piece.putShort(
                                i, (short) Math.clamp(Math.round(3_000 * random.nextGaussian()), -32_768, 32_767));
                    }
                }
                out.write(piece.array());
                out.flush();
                next += 20_000_000;
                Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
            }
        } catch (IOException e) {
            stopped.set(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static URI metrics(int port) {
        return URI.create("http://127.0.0.1:" + port + "/metrics");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Every device in turn sends its next frame, at a steady pace. */
    private static final class Load implements AutoCloseable {

        private final KafkaProducer<byte[], byte[]> producer;
        private final short[] sound = TestModels.sound(7, 500 * TestModels.FRAME);
        private final Thread thread;
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        private volatile boolean running = true;
        private volatile long frames;

        Load(String broker) {
            producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", broker, "linger.ms", 20),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
            thread = Thread.ofPlatform().daemon().start(this::send);
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the callback has it
        private void send() {
            try {
                long next = System.nanoTime();
                for (long i = 0; running; i++) {
                    int device = (int) (i % DEVICES);
                    long sequence = i / DEVICES;
                    int from = (int) ((device + sequence) % 500) * TestModels.FRAME;
                    var frame = new AudioFrame(
                            TestModels.RATE_HZ,
                            device,
                            sequence,
                            System.currentTimeMillis() * 1_000,
                            Arrays.copyOfRange(sound, from, from + TestModels.FRAME));
                    byte[] key = ("device-" + device).getBytes(StandardCharsets.UTF_8);
                    producer.send(
                            new ProducerRecord<>(Topics.AUDIO_FRAMES, key, FrameCodec.encode(frame)), (sent, e) -> {
                                if (e != null && running) {
                                    failure.set(e);
                                }
                            });
                    frames = i + 1;
                    next += 1_000_000_000L / FRAMES_A_SECOND;
                    long ahead = (next - System.nanoTime()) / 1_000_000;
                    if (ahead > 0) {
                        Thread.sleep(ahead);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        long frames() {
            return frames;
        }

        @Nullable
        Exception failure() {
            return failure.get();
        }

        void awaitEveryDevice() {
            Patience.await("a frame of every device", () -> frames > DEVICES);
        }

        @Override
        public void close() {
            running = false;
            thread.interrupt();
            producer.close(java.time.Duration.ZERO);
        }
    }
}
