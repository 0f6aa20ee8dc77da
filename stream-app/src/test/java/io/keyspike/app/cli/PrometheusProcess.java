package io.keyspike.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real Prometheus that scrapes one address each second. */
final class PrometheusProcess implements AutoCloseable {

    private static final long START_LIMIT_SECONDS = 60;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final String address;
    private final Path log;

    private PrometheusProcess(Process process, String address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /** Starts it and waits until it answers; the test is skipped where there is none. */
    static PrometheusProcess scraping(int port, Path rules, Path folder) throws IOException, InterruptedException {
        Path config = folder.resolve("prometheus.yaml");
        Files.writeString(config, """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: keyspike
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """.formatted(rules.toAbsolutePath(), port));
        Path log = folder.resolve("prometheus.log");
        String address = "127.0.0.1:" + freePort();
        Process process;
        try {
            process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + folder.resolve("tsdb"),
                            "--web.listen-address=" + address)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("skipped: prometheus is not installed");
            throw e;
        }
        var started = new PrometheusProcess(process, address, log);
        started.awaitReady();
        return started;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS);
        while (true) {
            try {
                if (send("/-/ready").statusCode() == 200) {
                    return;
                }
            } catch (ConnectException e) {
                // Not yet.
            }
            if (!process.isAlive() || System.nanoTime() > limit) {
                close();
                throw new IOException("Prometheus does not start: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What its interface answers, {@code data} of a success. @throws IOException with its own words otherwise */
    JsonNode ask(String path, List<String> namesAndValues) throws IOException, InterruptedException {
        var query = new StringBuilder(path);
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            query.append(i == 0 ? '?' : '&')
                    .append(URLEncoder.encode(namesAndValues.get(i), StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(namesAndValues.get(i + 1), StandardCharsets.UTF_8));
        }
        JsonNode answer = new ObjectMapper().readTree(send(query.toString()).body());
        if (!answer.path("status").asText().equals("success")) {
            throw new IOException(namesAndValues + ": " + answer);
        }
        return answer.get("data");
    }

    /** Whether a query has any number in a span of time, in seconds since the epoch. */
    boolean hasNumbers(String expression, long from, long to) throws IOException, InterruptedException {
        JsonNode data = ask(
                "/api/v1/query_range",
                List.of("query", expression, "start", String.valueOf(from), "end", String.valueOf(to), "step", "1"));
        for (JsonNode series : data.get("result")) {
            for (JsonNode point : series.get("values")) {
                if (!point.get(1).asText().equals("NaN")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(2, TimeUnit.MINUTES).join();
        client.close();
    }
}
