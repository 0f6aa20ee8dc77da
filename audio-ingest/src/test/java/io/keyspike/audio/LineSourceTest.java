package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.TargetDataLine;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class LineSourceTest {

    /** A line that counts up, then blocks until it is closed. */
    private static final class Line {
        private final AudioFormat format;
        private final CountDownLatch reading = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private int next;
        private int left;
        private int available;

        Line(int rateHz, int channels, int samples) {
            format = new AudioFormat(rateHz, 16, channels, true, false);
            left = samples * channels;
        }

        TargetDataLine proxy() {
            return (TargetDataLine) Proxy.newProxyInstance(
                    Line.class.getClassLoader(),
                    new Class<?>[] {TargetDataLine.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getFormat" -> format;
                        case "getBufferSize" -> 1_280;
                        case "available" -> available;
                        case "read" -> read((byte[]) arguments[0], (int) arguments[1], (int) arguments[2]);
                        case "close" -> {
                            closed.countDown();
                            yield null;
                        }
                        case "stop" -> null;
                        default -> throw new AssertionError(method);
                    });
        }

        private int read(byte[] bytes, int offset, int length) throws InterruptedException {
            if (left == 0) {
                reading.countDown();
                closed.await();
                return 0;
            }
            assertThat(length % format.getFrameSize()).isZero();
            int count = Math.min(length / 2, left);
            for (int i = 0; i < count; i++) {
                bytes[offset + 2 * i] = (byte) next;
                bytes[offset + 2 * i + 1] = (byte) (next >> 8);
                next++;
            }
            left -= count;
            return 2 * count;
        }
    }

    @Test
    void shouldReadOneChannelUnchangedInPiecesOfTwentyMillis() throws IOException {
        var source = new LineSource(new Line(16_000, 1, 1_000).proxy(), "microphone");
        short[] buffer = new short[1_000];
        assertThat(source.read(buffer, 0, 1_000)).isEqualTo(320);
        assertThat(source.read(buffer, 320, 100)).isEqualTo(100);
        for (int i = 0; i < 420; i++) {
            assertThat((int) buffer[i]).isEqualTo(i);
        }
        assertThat(source.sampleRateHz()).isEqualTo(16_000);
    }

    @Test
    void shouldMixTwoChannelsDown() throws IOException {
        var source = new LineSource(new Line(48_000, 2, 1_000).proxy(), "microphone");
        short[] buffer = new short[1_000];
        assertThat(source.read(buffer, 0, 1_000)).isEqualTo(960);
        for (int i = 0; i < 960; i++) {
            assertThat((int) buffer[i]).isEqualTo(2 * i + 1); // 2i and 2i + 1, halves up
        }
    }

    @Test
    void shouldUnblockWhenClosedFromAnotherThread() throws InterruptedException {
        var line = new Line(16_000, 1, 0);
        var source = new LineSource(line.proxy(), "microphone");
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return source.read(new short[320], 0, 320);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(line.reading.await(30, TimeUnit.SECONDS)).isTrue();
        source.close();
        int last = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), () -> reader.get());
        assertThat(last).isEqualTo(-1);
    }

    @Test
    void shouldCountABufferFoundFull() throws IOException {
        var line = new Line(16_000, 1, 1_000);
        var source = new LineSource(line.proxy(), "microphone");
        short[] buffer = new short[320];
        source.read(buffer, 0, 320);
        assertThat(source.overruns()).isZero();
        line.available = 1_280;
        source.read(buffer, 0, 320);
        assertThat(source.overruns()).isEqualTo(1);
    }

    @Test
    void shouldSayThatALineStoppedByItself() {
        var line = new Line(16_000, 1, 0);
        line.closed.countDown();
        var source = new LineSource(line.proxy(), "microphone");
        assertThatThrownBy(() -> source.read(new short[320], 0, 320))
                .isInstanceOf(IOException.class)
                .hasMessage("microphone microphone stopped; was it unplugged?");
    }

    @Test
    void shouldAskForTheWantedRateFirst() {
        assertThat(LineFormats.usual(16_000)).first().satisfies(f -> {
            assertThat(f.getSampleRate()).isEqualTo(16_000);
            assertThat(f.getChannels()).isEqualTo(1);
            assertThat(f.isBigEndian()).isFalse();
        });
        assertThat(LineFormats.usual(16_000))
                .anySatisfy(f -> assertThat(f.toString()).contains("44100", "stereo"))
                .anySatisfy(f -> assertThat(f.toString()).contains("48000", "mono"));
    }

    @Test
    void shouldNameWhatIsThereWhenNoMicrophoneFits() {
        assertThatThrownBy(() -> MicrophoneSource.open("no such device", 16_000))
                .isInstanceOf(NoMicrophoneException.class)
                .hasMessageContaining("no microphone");
        assertThat(MicrophoneSource.devices()).doesNotContainNull();
    }
}
