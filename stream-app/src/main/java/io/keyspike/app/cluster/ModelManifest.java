package io.keyspike.app.cluster;

import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/**
 * Describes a complete model in {@link ModelsTopic}; written after its last chunk. As JSON:
 *
 * <pre>{"format":1,"version":"yes-no@0123456789ab","sha256":"…","bytes":13044,"chunks":1,"publishedAt":"2026-…Z"}</pre>
 *
 * @param version of the model inside
 * @param sha256 of the whole file, 64 hex digits; part of the chunks' keys
 * @param bytes length of the file
 * @param chunks number of chunks
 * @param publishedAt by the publisher's clock
 */
record ModelManifest(String version, String sha256, int bytes, int chunks, Instant publishedAt) {

    private static final int FORMAT = 1;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** @throws IllegalArgumentException if it cannot be the manifest of a model */
    ModelManifest {
        if (!ModelsTopic.isVersion(version)) {
            throw new IllegalArgumentException("manifest: expected a version NAME@DIGITS, found '" + version + "'");
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("manifest: expected 64 hex digits for sha256, found '" + sha256 + "'");
        }
        if (bytes < 1 || bytes > ModelFiles.MAXIMUM_BYTES || chunks < 1 || chunks > bytes) {
            throw new IllegalArgumentException("manifest: expected 1 to " + ModelFiles.MAXIMUM_BYTES
                    + " bytes in at least one chunk each, found " + bytes + " in " + chunks);
        }
    }

    /** The model's name. */
    String name() {
        return version.substring(0, version.indexOf('@'));
    }

    byte[] encode() {
        return Json.write(Json.object()
                        .put("format", FORMAT)
                        .put("version", version)
                        .put("sha256", sha256)
                        .put("bytes", bytes)
                        .put("chunks", chunks)
                        .put("publishedAt", publishedAt.toString()))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if it is not exactly that */
    static ModelManifest decode(byte[] value) {
        JsonFields fields = JsonFields.parse(new String(value, StandardCharsets.UTF_8), "manifest");
        fields.integer("format", FORMAT, FORMAT);
        var manifest = new ModelManifest(
                fields.text("version"),
                fields.text("sha256"),
                fields.integer("bytes", 1, ModelFiles.MAXIMUM_BYTES),
                fields.integer("chunks", 1, ModelFiles.MAXIMUM_BYTES),
                time(fields.text("publishedAt"), "manifest"));
        fields.end();
        return manifest;
    }

    /** @throws IllegalArgumentException if it is none */
    static Instant time(String text, String where) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    where + ": expected a time such as 2026-01-31T12:00:00Z, found '" + text + "'", e);
        }
    }
}
