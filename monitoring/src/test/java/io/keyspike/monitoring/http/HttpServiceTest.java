package io.keyspike.monitoring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServiceTest {

    private static final String TOKEN = "a-token-of-enough-letters";

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpLimits limits = new HttpLimits(16 * 1024, 1_000, 10, 30, 8_192, 64, 8, 1);
    private HttpService service;

    @BeforeEach
    void start() throws IOException {
        service = HttpService.start("127.0.0.1", 0, Access.to(InetAddress.getLoopbackAddress()), limits);
        addRoutes(service);
    }

    private static void addRoutes(HttpService to) {
        to.add(Route.get("/plain", request -> Answer.text(200, "plain " + request.query("x"))));
        to.add(Route.getBelow("/things", request -> Answer.text(200, "<" + request.rest() + ">")));
        to.add(Route.get("/things/exact", request -> Answer.text(200, "exact")));
        to.add(Route.get("/open", request -> Answer.text(200, "open")).withoutToken());
        to.add(Route.post("/echo", request -> Answer.json(request.json())));
        to.add(Route.put("/plain", request -> Answer.done()));
        to.add(Route.get("/number", request -> Answer.text(200, "" + request.query("n", 7, 1, 9))));
        to.add(Route.get("/broken", request -> {
            throw new IllegalStateException("planted: /secret/path");
        }));
        to.add(Route.get("/refused", request -> {
            throw RequestException.notFound("no such thing");
        }));
    }

    @AfterEach
    void stop() {
        service.close();
        client.shutdownNow(); // close would wait for streams that nobody reads
    }

    @Test
    void shouldFindTheRouteOfAPath() throws Exception {
        assertThat(get("/plain?x=a%20b").body()).isEqualTo("plain a b");
        assertThat(get("/things").body()).isEqualTo("<>");
        assertThat(get("/things/a/b%20c").body()).isEqualTo("<a/b c>");
        assertThat(get("/things/exact").body()).isEqualTo("exact");
        assertThat(get("/thingsx").statusCode()).isEqualTo(404);
        assertThat(get("/refused").statusCode()).isEqualTo(404);
        assertThat(get("/refused").body()).isEqualTo("{\"error\":\"no such thing\"}\n");
    }

    @Test
    void shouldAnswerARouteThatWasAddedLater() throws Exception {
        assertThat(get("/later").statusCode()).isEqualTo(404);
        service.add(Route.get("/later", request -> Answer.text(200, "here")));
        assertThat(get("/later").body()).isEqualTo("here");
    }

    @Test
    void shouldNameTheMethodsThatAPathAnswers() throws Exception {
        HttpResponse<String> response = send("/plain", "DELETE", null);
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD, PUT");
        assertThat(send("/plain", "PUT", "{}").statusCode()).isEqualTo(204);
    }

    @Test
    void shouldSendNoScriptOfElsewhereToAnyBrowser() throws Exception {
        for (String path : new String[] {"/plain", "/nothing", "/broken"}) {
            var headers = get(path).headers();
            assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
        }
    }

    @Test
    void shouldNotTellWhatBrokeInside() throws Exception {
        HttpResponse<String> response = get("/broken");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("secret");
        assertThat(get("/plain").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: attacker.example",
                "Host: attacker.example:80",
                "Host: localhost.attacker.example",
                "Host: 127.0.0.1.attacker.example",
                "Host: 10.0.0.1"
            })
    void shouldRefuseARequestUnderAnotherName(String host) throws Exception {
        assertThat(RawHttp.status(RawHttp.request(service.port(), "GET /plain", host)))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://attacker.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void shouldRefuseAChangeThatAnotherPageAsksFor(String header) throws Exception {
        String answer = RawHttp.request(service.port(), "PUT /plain", header, "Content-Length: 0");
        assertThat(RawHttp.status(answer)).isEqualTo(403);
        String own = "Origin: http://localhost:" + service.port();
        assertThat(RawHttp.status(RawHttp.request(service.port(), "PUT /plain", own, "Content-Length: 0")))
                .isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /things/../../../../etc/passwd",
                "GET /things/%2e%2e/%2e%2e/etc/passwd",
                "GET /..%2f..%2fetc%2fpasswd",
                "GET //etc/passwd",
                "GET /things%00",
                "GET /%",
                "GET \\\\etc",
                "GARBAGE"
            })
    void shouldNotLeaveItsRoutesWhateverThePath(String line) throws Exception {
        String answer = RawHttp.request(service.port(), line);
        assertThat(answer).doesNotContain("root:");
        assertThat(get("/plain").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1]", "3", "", "{\"a\":1} {\"b\":2}", "{\"a\":NaN}", "{\"a\":1,\"a\":2}", "\u0000"})
    void shouldRefuseWhatIsNotAJsonObject(String body) throws Exception {
        assertThat(send("/echo", "POST", body).statusCode()).isEqualTo(400);
        assertThat(send("/echo", "POST", "{\"a\":1}").body()).isEqualTo("{\"a\":1}\n");
    }

    @Test
    void shouldRefuseDeepNestingAndLongBodies() throws Exception {
        assertThat(send("/echo", "POST", "{\"a\":" + "[".repeat(400) + "]".repeat(400) + "}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(send("/echo", "POST", "{\"a\":\"" + "x".repeat(1_000) + "\"}")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void shouldRefuseJsonThatAFormCouldHaveSent() throws Exception {
        var request = HttpRequest.newBuilder(service.uri("/echo"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{\"a\":1}"))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/number?n=x", "/number?n=10", "/number?n=99999999999", "/plain?x=%zz"})
    void shouldRefuseParametersThatAreNotAsExpected(String path) throws Exception {
        assertThat(RawHttp.status(RawHttp.request(service.port(), "GET " + path)))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FFFFFFFFFF", "7FFFFFFFFFFFFFFF", "-1", "xyz", ""})
    void shouldAnswerABodyWhoseChunksAreMalformed(String size) throws Exception {
        String answer = RawHttp.send(
                service.port(),
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n{}\r\n0\r\n\r\n");
        assertThat(RawHttp.status(answer)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%5Cevil.example",
                "/%5c%5cevil.example",
                "/%09/evil.example",
                "/%0d%0aX:1",
                "/%2F%2Fevil.example",
                "/a/..//evil.example",
                "/%E2%80%A8"
            })
    void shouldRedirectToPlainPathsAlone(String path) throws Exception {
        try (var guarded = HttpService.start("127.0.0.1", 0, Access.byToken(TOKEN), limits)) {
            String answer = RawHttp.request(guarded.port(), "GET " + path + "?token=" + TOKEN);
            assertThat(answer).startsWith("HTTP/1.1 303").contains("Location: /\r\n");
        }
    }

    @Test
    void shouldAnswerWhileHundredsOfConnectionsStaySilent() throws Exception {
        var silent = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 600; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), service.port()));
                if (i % 2 == 0) {
                    silent.getLast().getOutputStream().write("GET /open HT".getBytes(StandardCharsets.US_ASCII));
                }
            }
            assertThat(RawHttp.status(RawHttp.request(service.port(), "GET /open")))
                    .isEqualTo(200);
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
    }

    /** 127.0.0.2 and others are this machine, too. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldLetOneAddressTakeNobodysPlace() throws Exception {
        var few = new HttpLimits(16 * 1024, 1_000, 10, 30, 32, 24, 8, 1);
        try (var crowded = HttpService.start("127.0.0.1", 0, Access.to(InetAddress.getLoopbackAddress()), few)) {
            crowded.add(Route.get("/open", request -> Answer.text(200, "open")).withoutToken());
            try (Socket good = new Socket(InetAddress.getLoopbackAddress(), crowded.port())) {
                good.setSoTimeout(20_000);
                assertThat(statusOver(good)).isEqualTo(200);
                var silent = new ArrayList<Socket>();
                for (int i = 0; i < 400; i++) {
                    InetAddress from = InetAddress.getByName("127.0.0." + (2 + i % 2));
                    silent.add(new Socket(InetAddress.getLoopbackAddress(), crowded.port(), from, 0));
                }
                assertThat(statusOver(good))
                        .as("the connection was kept, idle as it was")
                        .isEqualTo(200);
                assertThat(RawHttp.status(RawHttp.request(crowded.port(), "GET /open")))
                        .as("there is room for new ones")
                        .isEqualTo(200);
                for (Socket each : silent) {
                    each.close();
                }
            }
        }
    }

    private static int statusOver(Socket socket) throws IOException {
        socket.getOutputStream()
                .write("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var text = new StringBuilder();
        while (!text.toString().endsWith("\r\n\r\nopen")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return RawHttp.status(text.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "'GET /open HTTP/1.1\\nHost: localhost\\nConnection: close\\n\\n', 200",
        "'\\r\\nGET /open HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n', 200",
        "'GET /open HTTP/2.0\\r\\nHost: localhost\\r\\n\\r\\n', 505",
        "'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n', 505",
        "'GET /open\\r\\n\\r\\n', 400",
        "'GET  /open HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n', 400",
        "'GET /open HTTP/1.1\\r\\nHost : localhost\\r\\n\\r\\n', 400",
        "'GET /open HTTP/1.1\\r\\nHost: localhost\\r\\n folded\\r\\n\\r\\n', 400",
        "'GET /%zz HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n', 400",
        "'POST /echo HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\n{}', 400",
        "'POST /echo HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: -2\\r\\n\\r\\n{}', 400",
        "'POST /echo HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n', 400",
        "'POST /echo HTTP/1.1\\r\\nHost: localhost\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n0\\r\\n\\r\\n', 501"
    })
    void shouldReadRequestsStrictly(String request, int status) throws Exception {
        String bytes = request.replace("\\r", "\r").replace("\\n", "\n");
        assertThat(RawHttp.status(RawHttp.send(service.port(), bytes))).isEqualTo(status);
    }

    /** Several requests over one connection, the second sent before the first was answered; a client that asks before it sends. */
    @Test
    void shouldAnswerRequestsOneAfterAnother() throws Exception {
        String get = "GET /open HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(RawHttp.send(service.port(), get + "\r\n" + get + "Connection: close\r\n\r\n")
                        .split("HTTP/1.1 200", -1))
                .hasSize(3);
        String post = String.join(
                "\r\n",
                "POST /echo HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Connection: close",
                "Expect: 100-continue",
                "Transfer-Encoding: chunked",
                "",
                "1",
                "{",
                "1;x=y",
                "}",
                "0",
                "Trailer: x",
                "",
                "");
        assertThat(RawHttp.send(service.port(), post)).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200");
    }

    @Test
    void shouldRefuseAHugeHeader() throws Exception {
        String answer = RawHttp.request(service.port(), "GET /plain", "X-Huge: " + "x".repeat(1_000_000));
        assertThat(RawHttp.status(answer)).isNotEqualTo(200);
        assertThat(get("/plain").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldRefuseMoreRequestsAtOnceThanOneAddressMayHave() throws Exception {
        var began = new CountDownLatch(limits.requestsPerAddress());
        service.add(Route.get(
                "/slow",
                request -> Answer.streamed("text/plain", out -> {
                    out.write('.');
                    out.flush();
                    began.countDown();
                    Thread.sleep(60_000);
                })));
        for (int i = 0; i < limits.requestsPerAddress(); i++) {
            var unused = client.sendAsync(
                    HttpRequest.newBuilder(service.uri("/slow")).build(), BodyHandlers.ofInputStream());
        }
        assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(get("/plain").statusCode()).isEqualTo(429);
    }

    @Test
    void shouldCutOffAReaderThatDoesNotRead() throws Exception {
        var ended = new CountDownLatch(1);
        service.add(Route.get(
                "/endless",
                request -> Answer.streamed("text/plain", out -> {
                    byte[] much = new byte[1 << 16];
                    try {
                        while (true) {
                            out.write(much);
                            out.flush();
                        }
                    } finally {
                        ended.countDown();
                    }
                })));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.getOutputStream()
                    .write("GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(ended.await(30, TimeUnit.SECONDS))
                    .as("the writer was let go")
                    .isTrue();
        }
        assertThat(get("/plain").statusCode()).isEqualTo(200);
    }

    /** Dribbles its request for ever; the limit is the process's own, ten seconds. */
    @Test
    @Tag("slow")
    void shouldCutOffAClientThatNeverFinishesItsRequest() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET /plain HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            Thread dribble = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write('x');
                        Thread.sleep(200);
                    }
                } catch (IOException | InterruptedException e) {
                    // cut off, as it should be
                }
            });
            assertThat(get("/plain").statusCode()).as("others are served").isEqualTo(200);
            int first;
            try {
                first = socket.getInputStream().read();
            } catch (SocketException e) {
                first = -1;
            }
            assertThat(first).as("closed, without an answer").isEqualTo(-1);
            dribble.interrupt();
        }
    }

    @Test
    void shouldEndItsStreamsWhenItCloses() throws Exception {
        var began = new CountDownLatch(1);
        service.add(Route.get(
                "/stream",
                request -> Answer.streamed("text/event-stream", out -> {
                    out.write("data: 1\n\n".getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    began.countDown();
                    Thread.sleep(600_000);
                })));
        var response =
                client.send(HttpRequest.newBuilder(service.uri("/stream")).build(), BodyHandlers.ofInputStream());
        assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();
        service.close();
        try (InputStream in = response.body()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("data: 1\n\n");
        } catch (IOException e) {
            assertThat(e).as("or the connection broke").isNotNull();
        }
    }

    @Test
    void shouldAskForATokenElsewhere() throws Exception {
        try (var guarded = HttpService.start("127.0.0.1", 0, Access.byToken(TOKEN), limits)) {
            addRoutes(guarded);
            URI plain = guarded.uri("/plain");
            assertThat(status(plain, null)).isEqualTo(401);
            assertThat(status(guarded.uri("/nothing"), null)).isEqualTo(401);
            assertThat(status(plain, "Bearer " + TOKEN + "x")).isEqualTo(401);
            assertThat(status(plain, "Basic " + TOKEN)).isEqualTo(401);
            assertThat(status(plain, "Bearer " + TOKEN)).isEqualTo(200);
            assertThat(status(guarded.uri("/open"), null)).isEqualTo(200);
        }
    }

    @Test
    void shouldLetABrowserInWithACookieForItsToken() throws Exception {
        try (var guarded = HttpService.start("127.0.0.1", 0, Access.byToken(TOKEN), limits)) {
            addRoutes(guarded);
            int port = guarded.port();
            String wrong = RawHttp.request(port, "GET /plain?token=wrong");
            String form = RawHttp.request(port, "GET /plain", "Accept: text/html");
            String right = RawHttp.request(port, "GET /plain?token=" + TOKEN);
            String away = RawHttp.request(port, "GET //attacker.example?token=" + TOKEN);
            String cookie = right.replaceAll("(?is).*set-cookie: ([^;]*);.*", "$1");
            assertThat(RawHttp.status(wrong)).isEqualTo(401);
            assertThat(form).startsWith("HTTP/1.1 401").contains("<form method=\"post\" action=\"/sign-in\">");
            assertThat(right)
                    .startsWith("HTTP/1.1 303")
                    .contains("Location: /plain\r\n", "; HttpOnly; SameSite=Strict")
                    .doesNotContain(TOKEN);
            assertThat(away).doesNotContain("Location: //");
            assertThat(RawHttp.status(RawHttp.request(port, "GET /plain", "Cookie: other=1; " + cookie)))
                    .isEqualTo(200);
            assertThat(RawHttp.status(RawHttp.request(port, "GET /plain", "Cookie: " + cookie + "x")))
                    .isEqualTo(401);
            String entry = "token=" + TOKEN;
            assertThat(RawHttp.send(
                            port,
                            "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                                    + entry.length() + "\r\n\r\n" + entry))
                    .startsWith("HTTP/1.1 303");
        }
    }

    @Test
    void shouldMakeUpATokenWhereOthersCanReachIt() throws Exception {
        try (var everywhere = HttpService.start("0.0.0.0", 0)) {
            addRoutes(everywhere);
            assertThat(everywhere.uri("/plain").getQuery()).isNull();
            assertThat(everywhere.uriToOpen("/plain").getQuery()).matches("token=[A-Za-z0-9_-]{32}");
            assertThat(status(everywhere.uri("/plain"), null)).isEqualTo(401);
        }
        assertThatThrownBy(() -> HttpService.start(
                        "0.0.0.0", 0, Access.to(InetAddress.getLoopbackAddress()), HttpLimits.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessage("http: expected a token for 0.0.0.0, which other machines can reach, found none");
    }

    @Test
    void shouldReadATokenFromAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Path tooShort = Files.writeString(folder.resolve("short"), "secret");
        assertThat(Access.byTokenIn(file).needsToken()).isTrue();
        assertThat(Access.byTokenIn(file).tokenToTell()).isNull();
        assertThatThrownBy(() -> Access.byTokenIn(tooShort))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected one word of at least 16");
    }

    @Test
    void shouldSayWhichPortIsTaken() {
        assertThatThrownBy(() -> HttpService.start("127.0.0.1", service.port()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("http: cannot listen on 127.0.0.1:" + service.port())
                .hasMessageEndingWith("choose another port, or 0 for any free one");
    }

    @Test
    void shouldAnswerHeadOfAnythingThatAnswersGet() throws Exception {
        HttpResponse<String> response = send("/plain", "HEAD", null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(Answer.json(JsonNodeFactory.instance.objectNode()).status()).isEqualTo(200);
    }

    private int status(URI uri, @Nullable String authorization) throws Exception {
        var request = HttpRequest.newBuilder(uri);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), BodyHandlers.ofString()).statusCode();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(path, "GET", null);
    }

    private HttpResponse<String> send(String path, String method, @Nullable String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(service.uri(path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
