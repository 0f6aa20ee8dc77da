package io.keyspike.app.wyoming;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service as a satellite sees it; the client here is written from the protocol's public description alone. */
class WyomingServerTest {

    private static final int CLIENT_TIMEOUT_MILLIS = 60_000;

    private final KeywordSpotter spotter = TestModels.spotter("first", 1);
    private final List<String> told = new ArrayList<>();
    private WyomingServer server;

    @BeforeEach
    void start() throws IOException {
        server = start(new WyomingServer.Settings("en", 4, Duration.ofSeconds(2)));
    }

    private WyomingServer start(WyomingServer.Settings settings) throws IOException {
        return WyomingServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> spotter,
                settings,
                (client, d, model) -> {
                    synchronized (told) {
                        told.add(d.keyword());
                    }
                });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldSayWhatItCanHear() throws IOException {
        try (var satellite = new Satellite()) {
            satellite.send("{\"type\":\"describe\"}", new byte[0]);
            Answer info = satellite.read();

            assertThat(info.type()).isEqualTo("info");
            JsonNode program = info.data().get("wake").get(0);
            assertThat(program.get("name").asText()).isEqualTo("keyspike");
            assertThat(program.get("attribution").get("name").asText()).isEqualTo("Keyspike");
            assertThat(program.get("models").findValuesAsText("phrase"))
                    .containsExactly("first-alpha", "first-beta", "first-gamma");
            assertThat(program.get("models").get(0).get("languages").get(0).asText())
                    .isEqualTo("en");
            satellite.send("{\"type\":\"ping\",\"data\":{\"text\":\"hello\"}}", new byte[0]);
            assertThat(satellite.read().data().get("text").asText()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldTellOfEachWakeWordHoweverTheSoundIsCut(long seed) throws IOException {
        short[] sound = TestModels.sound(seed, 48_000);
        List<Detection> expected = TestModels.hear(spotter, sound);
        var random = new Random(seed);
        try (var satellite = new Satellite()) {
            satellite.send("{\"type\":\"detect\"}", new byte[0]);
            satellite.start(16_000, 2, 1);
            for (int at = 0; at < sound.length; ) {
                int count = Math.min(sound.length - at, 1 + random.nextInt(2_000));
                satellite.chunk(16_000, 2, 1, pcm16(sound, at, at + count), at / 16L);
                at += count;
            }
            var heard = new ArrayList<String>();
            for (int i = 0; i < expected.size(); i++) {
                Answer answer = satellite.read();
                assertThat(answer.type()).isEqualTo("detection");
                heard.add(answer.data().get("name").asText());
                assertThat(answer.data().get("timestamp").asLong())
                        .isBetween(
                                expected.get(i).samplePosition() / 16 - 126,
                                expected.get(i).samplePosition() / 16);
            }
            assertThat(heard)
                    .isEqualTo(expected.stream().map(Detection::keyword).toList())
                    .isNotEmpty();
            synchronized (told) {
                assertThat(told).startsWith(heard.toArray(String[]::new));
            }
        }
    }

    @Test
    void shouldHearOnlyWhatItIsAskedFor() throws IOException {
        short[] sound = TestModels.sound(1, 48_000);
        try (var satellite = new Satellite()) {
            String data = "{\"names\":[\"first-gamma\"]}";
            satellite.sendRaw(("{\"type\":\"detect\",\"data_length\":" + data.length() + "}\n" + data)
                    .getBytes(StandardCharsets.UTF_8));
            satellite.start(16_000, 2, 1);
            satellite.chunk(16_000, 2, 1, pcm16(sound, 0, sound.length), null);
            satellite.send("{\"type\":\"audio-stop\"}", new byte[0]);
            satellite.send("{\"type\":\"ping\"}", new byte[0]);

            var types = new ArrayList<String>();
            for (Answer answer = satellite.read(); !answer.type().equals("pong"); answer = satellite.read()) {
                types.add(answer.type());
                if (answer.type().equals("detection")) {
                    assertThat(answer.data().get("name").asText()).isEqualTo("first-gamma");
                }
            }
            boolean heard = TestModels.hear(spotter, sound).stream()
                    .anyMatch(d -> d.keyword().equals("first-gamma"));
            assertThat(types).contains(heard ? "detection" : "not-detected");

            satellite.send("{\"type\":\"detect\",\"data\":{\"names\":[\"nonsense\"]}}", new byte[0]);
            Answer error = satellite.read();
            assertThat(error.type()).isEqualTo("error");
            assertThat(error.data().get("text").asText()).contains("first-alpha", "nonsense");
        }
    }

    @Test
    void shouldSayThatNothingWasDetectedWhenSilenceEnds() throws IOException {
        try (var satellite = new Satellite()) {
            for (int stream = 0; stream < 2; stream++) {
                satellite.start(16_000, 2, 1);
                satellite.chunk(16_000, 2, 1, new byte[32_000], null);
                satellite.send("{\"type\":\"audio-stop\"}", new byte[0]);
                assertThat(satellite.read().type()).isEqualTo("not-detected");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"16000,1,1", "16000,3,1", "16000,4,2", "48000,2,2", "44100,2,1", "8000,2,1"})
    void shouldTakeAnyRateWidthAndNumberOfChannels(String format) throws IOException {
        String[] parts = format.split(",", -1);
        int rate = Integer.parseInt(parts[0]);
        int width = Integer.parseInt(parts[1]);
        int channels = Integer.parseInt(parts[2]);
        short[] sound = TestModels.sound(4, 3 * rate);
        byte[] bytes = new byte[sound.length * width * channels];
        for (int i = 0; i < sound.length; i++) {
            for (int c = 0; c < channels; c++) {
                int end = (i * channels + c + 1) * width;
                bytes[end - 1] = (byte) (sound[i] >> 8);
                if (width > 1) {
                    bytes[end - 2] = (byte) sound[i];
                }
            }
        }
        try (var satellite = new Satellite()) {
            satellite.start(rate, width, channels);
            int second = rate * width * channels;
            for (int at = 0; at < bytes.length; at += second) {
                satellite.chunk(rate, width, channels, java.util.Arrays.copyOfRange(bytes, at, at + second), null);
            }
            satellite.send("{\"type\":\"audio-stop\"}", new byte[0]);
            Answer answer = satellite.read();
            assertThat(answer.type()).isIn("detection", "not-detected");
            if (rate == 16_000 && width > 1) {
                assertThat(answer.data().get("name").asText())
                        .isEqualTo(TestModels.hear(spotter, sound).getFirst().keyword());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "nonsense\n",
                "[1,2]\n",
                "{\"type\":7}\n",
                "{\"type\":\"ping\",\"data\":[]}\n",
                "{\"type\":\"ping\",\"payload_length\":-1}\n",
                "{\"type\":\"ping\",\"payload_length\":999999999}\n",
                "{\"type\":\"ping\",\"data_length\":1e9}\n",
                "{\"type\":\"ping\",\"data_length\":3}\nabc",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":16001,\"width\":2,\"channels\":1}}\n",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":16000.5,\"width\":2,\"channels\":1}}\n",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":\"16000\",\"width\":2,\"channels\":1}}\n",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":true,\"width\":2,\"channels\":1}}\n",
                "{\"type\":\"detect\",\"data\":{\"names\":[1]}}\n",
                "{\"type\":\"ping\",\"type\":\"describe\"}\n",
                "{\"type\":\"audio-chunk\",\"data\":{\"rate\":1,\"width\":2,\"channels\":1}}\n",
                "{\"type\":\"audio-chunk\",\"data\":{\"width\":2,\"channels\":1}}\n",
            })
    void shouldCutOffWhoDoesNotSpeakTheProtocolAndServeTheOthers(String words) throws IOException {
        try (var other = new Satellite();
                var satellite = new Satellite()) {
            satellite.sendRaw(words.getBytes(StandardCharsets.UTF_8));
            Answer error = satellite.read();
            assertThat(error.type()).isEqualTo("error");
            assertThat(error.data().get("text").asText()).contains("expected");
            assertThat(satellite.in.read()).isEqualTo(-1);

            other.send("{\"type\":\"ping\"}", new byte[0]);
            assertThat(other.read().type()).isEqualTo("pong");
        }
    }

    @Test
    void shouldCutOffAHeaderWithoutEndAndWhoDawdlesWithinAnEvent() throws IOException {
        try (var endless = new Satellite()) {
            byte[] spaces = new byte[WyomingCodec.MAXIMUM_HEADER_BYTES + 1];
            java.util.Arrays.fill(spaces, (byte) ' ');
            endless.sendRaw(spaces);
            assertThat(endless.read().type()).isEqualTo("error");
        }
        try (var slow = new Satellite();
                var idle = new Satellite()) {
            slow.sendRaw("{\"type\"".getBytes(StandardCharsets.UTF_8));
            assertThat(slow.in.read()).as("cut off, after its two seconds").isEqualTo(-1);
            idle.send("{\"type\":\"ping\"}", new byte[0]);
            assertThat(idle.read().type())
                    .as("silence between events is nobody's fault")
                    .isEqualTo("pong");
        }
    }

    @Test
    void shouldTurnAwayMoreSatellitesThanItMayHaveAndLetThemInLater() throws Exception {
        var satellites = new ArrayList<Satellite>();
        for (int i = 0; i < 4; i++) {
            var satellite = new Satellite();
            satellite.send("{\"type\":\"ping\"}", new byte[0]);
            assertThat(satellite.read().type()).isEqualTo("pong");
            satellites.add(satellite);
        }
        try (var fifth = new Satellite()) {
            Answer error = fifth.read();
            assertThat(error.type()).isEqualTo("error");
            assertThat(error.data().get("text").asText()).isEqualTo("4 satellites are already connected");
            assertThat(fifth.closedByPeer()).isTrue();
        }
        for (Satellite satellite : satellites) {
            satellite.close();
        }
        boolean letIn = false;
        for (int attempt = 0; attempt < 3_000 && !letIn; attempt++) {
            Thread.sleep(20);
            letIn = isLetIn();
        }
        assertThat(letIn).isTrue();
    }

    @Test
    void shouldMakeRoomForASatelliteWhereSilentOnesHoldAllPlaces() throws Exception {
        var silent = new ArrayList<Satellite>();
        for (int i = 0; i < 4; i++) {
            silent.add(new Satellite());
        }
        boolean letIn = false;
        for (int attempt = 0; attempt < 3_000 && !letIn; attempt++) {
            Thread.sleep(20);
            letIn = isLetIn();
        }
        assertThat(letIn).isTrue();
        for (Satellite satellite : silent) {
            assertThat(satellite.closedByPeer())
                    .as("cut off: it never said a word")
                    .isTrue();
            satellite.close();
        }
    }

    @Test
    void shouldHearChunksThatAreCutWithinSamplesAndSayTheirFormatOnlyAtTheStart() throws IOException {
        short[] sound = TestModels.sound(4, 48_000);
        byte[] bytes = pcm16(sound, 0, sound.length);
        String first = TestModels.hear(spotter, sound).getFirst().keyword();
        try (var satellite = new Satellite()) {
            satellite.send(
                    "{\"type\":\"audio-start\",\"data\":{\"rate\":16000.0,\"width\":2.0,\"channels\":1}}", new byte[0]);
            for (int at = 0; at < bytes.length; at += 1_023) {
                byte[] part = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1_023));
                satellite.send("{\"type\":\"audio-chunk\",\"payload_length\":" + part.length + "}", part);
            }
            satellite.send("{\"type\":\"audio-stop\"}", new byte[0]);
            Answer answer = satellite.read();
            assertThat(answer.type()).isEqualTo("detection");
            assertThat(answer.data().get("name").asText()).isEqualTo(first);
        }
    }

    @Test
    void shouldServeOneSatelliteWhileOthersNameAnotherRateInEveryChunk() throws Exception {
        short[] sound = TestModels.sound(1, 16_000);
        var rates = ChunkFormat.RATES_HZ;
        var others = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) {
            others.add(Thread.ofVirtual().start(() -> {
                try (var other = new Satellite()) {
                    for (int n = 0; n < 3_000; n++) {
                        other.chunk(rates.get(n % rates.size()), 2, 1, new byte[20], null);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }));
        }
        try (var good = new Satellite()) {
            good.chunk(16_000, 2, 1, pcm16(sound, 0, sound.length), null);
            good.send("{\"type\":\"audio-stop\"}", new byte[0]);
            assertThat(good.read().type()).isIn("detection", "not-detected");
        }
        for (Thread other : others) {
            other.join();
        }
    }

    private boolean isLetIn() {
        try (var again = new Satellite()) {
            again.send("{\"type\":\"ping\"}", new byte[0]);
            return again.read().type().equals("pong");
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] pcm16(short[] sound, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = from; i < to; i++) {
            bytes.putShort(sound[i]);
        }
        return bytes.array();
    }

    /** What the service said. */
    private record Answer(String type, JsonNode data) {}

    /** A client. */
    private final class Satellite implements AutoCloseable {
        private final Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        private final DataInputStream in = new DataInputStream(socket.getInputStream());
        private final OutputStream out = socket.getOutputStream();

        Satellite() throws IOException {
            socket.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
        }

        void start(int rate, int width, int channels) throws IOException {
            send("{\"type\":\"audio-start\",\"data\":" + format(rate, width, channels, null) + "}", new byte[0]);
        }

        void chunk(int rate, int width, int channels, byte[] payload, @Nullable Long timestamp) throws IOException {
            send(
                    "{\"type\":\"audio-chunk\",\"data\":" + format(rate, width, channels, timestamp)
                            + ",\"payload_length\":" + payload.length + "}",
                    payload);
        }

        private static String format(int rate, int width, int channels, @Nullable Long timestamp) {
            return "{\"rate\":" + rate + ",\"width\":" + width + ",\"channels\":" + channels
                    + (timestamp == null ? "" : ",\"timestamp\":" + timestamp) + "}";
        }

        void send(String header, byte[] payload) throws IOException {
            var bytes = new ByteArrayOutputStream();
            bytes.write((header + "\n").getBytes(StandardCharsets.UTF_8));
            bytes.write(payload);
            sendRaw(bytes.toByteArray());
        }

        void sendRaw(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        Answer read() throws IOException {
            var line = new ByteArrayOutputStream();
            for (int next = in.readByte(); next != '\n'; next = in.readByte()) {
                line.write(next);
            }
            var mapper = new ObjectMapper();
            JsonNode header = mapper.readTree(line.toByteArray());
            byte[] data = new byte[header.path("data_length").asInt(0)];
            in.readFully(data);
            in.readFully(new byte[header.path("payload_length").asInt(0)]);
            return new Answer(
                    header.get("type").asText(), data.length == 0 ? header.path("data") : mapper.readTree(data));
        }

        boolean closedByPeer() {
            try {
                return in.read() < 0;
            } catch (IOException e) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
