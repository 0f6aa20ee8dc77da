package io.keyspike.app.kafka.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.kafka.query.DeviceQuery.Listing;
import io.keyspike.app.kafka.query.DeviceQuery.Result;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.TreeMap;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queries other instances over HTTP for state that only they have. Thread-safe. */
public final class PeerInstances implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PeerInstances.class);

    /** An instance that takes longer counts as unreachable; a replica then answers. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Generous for a list of a thousand devices. */
    private static final int MAXIMUM_ANSWER_BYTES = 4 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final @Nullable String token;

    /** @param token required by the other instances; null for none */
    public PeerInstances(@Nullable String token) {
        this.token = token;
    }

    /** A device's state from another instance. */
    Result device(HostInfo at, String device) {
        try {
            HttpResponse<InputStream> answer =
                    get(at, "/devices/" + encoded(device) + "?" + DeviceRoutes.LOCAL + "=true");
            try (InputStream body = answer.body()) {
                return switch (answer.statusCode()) {
                    case 200 -> new Result.Found(object(body));
                    case 404 -> new Result.Unknown();
                    default -> unavailable(at, "it answered " + answer.statusCode());
                };
            }
        } catch (IOException e) {
            return unavailable(at, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unavailable(at, "interrupted");
        }
    }

    /** Devices served by another instance; null if it does not answer. */
    @Nullable
    Listing devices(HostInfo at, String prefix, int limit) {
        String query = "?" + DeviceRoutes.LOCAL + "=true&prefix=" + encoded(prefix) + "&limit=" + limit;
        try {
            HttpResponse<InputStream> answer = get(at, "/devices" + query);
            try (InputStream body = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw new IOException("it answered " + answer.statusCode());
                }
                ObjectNode object = object(body);
                var devices = new TreeMap<String, ObjectNode>();
                for (JsonNode device : object.path("devices")) {
                    if (device instanceof ObjectNode entry) {
                        devices.put(entry.path("device").asText(), entry);
                    }
                }
                return new Listing(
                        devices,
                        object.path("more").asBoolean(),
                        object.path("incomplete").asBoolean());
            }
        } catch (IOException e) {
            log.debug("{} did not list its devices: {}", at, e.getMessage());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private HttpResponse<InputStream> get(HostInfo at, String path) throws IOException, InterruptedException {
        String host = at.host().contains(":") ? "[" + at.host() + "]" : at.host();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + at.port() + path))
                .timeout(TIMEOUT);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static ObjectNode object(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAXIMUM_ANSWER_BYTES);
        if (JSON.readTree(bytes) instanceof ObjectNode object) {
            return object;
        }
        throw new IOException("expected a JSON object, found something else");
    }

    private static Result unavailable(HostInfo at, String why) {
        log.debug("{}:{} did not answer a device query: {}", at.host(), at.port(), why);
        return new Result.Unavailable("the instance at " + at.host() + ":" + at.port()
                + " serves the device but does not answer, and no other instance has a copy");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        client.close();
    }
}
