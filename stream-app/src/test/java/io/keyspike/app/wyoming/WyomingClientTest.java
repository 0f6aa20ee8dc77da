package io.keyspike.app.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service with the protocol's own client, the Python package {@code wyoming}. */
class WyomingClientTest {

    private static final String CLIENT = """
            import asyncio, json, sys
            from wyoming.audio import AudioChunk, AudioStart, AudioStop
            from wyoming.client import AsyncTcpClient
            from wyoming.info import Describe, Info
            from wyoming.ping import Ping, Pong
            from wyoming.wake import Detect, Detection, NotDetected

            async def main(port, sound):
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    await client.write_event(Ping(text="hello").event())
                    pong = Pong.from_event(await client.read_event())
                    await client.write_event(Describe().event())
                    info = Info.from_event(await client.read_event())
                    await client.write_event(Detect().event())
                    await client.write_event(AudioStart(rate=16000, width=2, channels=1).event())
                    for at in range(0, len(sound), 2048):
                        await client.write_event(AudioChunk(rate=16000, width=2, channels=1,
                            audio=sound[at:at + 2048], timestamp=at // 32).event())
                    await client.write_event(AudioStop().event())
                    await client.write_event(Ping(text="end").event())
                    heard, missed = [], 0
                    while True:
                        event = await client.read_event()
                        if Detection.is_type(event.type):
                            heard.append(Detection.from_event(event).name)
                        elif NotDetected.is_type(event.type):
                            missed += 1
                        else:
                            break
                    print(json.dumps({"pong": pong.text, "program": info.wake[0].name,
                        "models": [model.name for model in info.wake[0].models], "heard": heard, "missed": missed}))

            asyncio.run(main(int(sys.argv[1]), open(sys.argv[2], "rb").read()))
            """;

    private final KeywordSpotter spotter = TestModels.spotter("first", 1);

    @TempDir
    Path folder;

    @Test
    void shouldServeTheProtocolsOwnClient() throws Exception {
        assumeTrue(run("-c", "import wyoming") == 0, "the Python package wyoming is not installed");
        short[] sound = TestModels.sound(1, 48_000);
        List<String> expected = TestModels.hear(spotter, padded(sound)).stream()
                .map(Detection::keyword)
                .toList();
        Path pcm = folder.resolve("sound.pcm");
        ByteBuffer bytes = ByteBuffer.allocate(2 * sound.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(sound);
        Files.write(pcm, bytes.array());
        Path script = Files.writeString(folder.resolve("client.py"), CLIENT);
        try (var server = WyomingServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> spotter,
                WyomingServer.Settings.DEFAULT,
                (client, detection, model) -> {})) {
            int port = server.address().getPort();

            int exitCode = run(script.toString(), String.valueOf(port), pcm.toString());
            assertThat(exitCode).as(output()).isZero();

            JsonNode said = new ObjectMapper().readTree(output());
            assertThat(said.get("pong").asText()).isEqualTo("hello");
            assertThat(said.get("program").asText()).isEqualTo("keyspike");
            assertThat(said.get("models").get(0).asText()).isEqualTo("first-alpha");
            assertThat(said.get("heard").valueStream().map(JsonNode::asText)).containsExactlyElementsOf(expected);
            assertThat(expected).isNotEmpty();
            assertThat(said.get("missed").asInt()).isZero();
        }
    }

    /** With the half second of silence that the service hears after a stream's end. */
    private static short[] padded(short[] sound) {
        return Arrays.copyOf(sound, sound.length + 8_000);
    }

    private int run(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1; // no Python at all
        }
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
    }
}
