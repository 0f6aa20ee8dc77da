package io.keyspike.models.json;

import io.keyspike.models.network.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * SHA-256 over parts of a model file. Every text goes in as its length in bytes (i32, little-endian) and its UTF-8 bytes;
 * texts of the metadata, each with its key before it, in the order of their keys; then the tensors in the order of their
 * names: name, number of axes, sizes, values. Metadata is hashed as the file has it, so that a later version of the program
 * that would write it in another way still finds the same sum.
 */
public final class ModelDigest {

    /** What decides how a model behaves. */
    private static final List<String> BEHAVIOUR = List.of("chip", "decision", "features", "labels", "network");

    /** Part of the version where it is there, after {@link #BEHAVIOUR}; models without are as they were before it. */
    private static final String QUALITY = "quality";

    private static final int VERSION_DIGITS = 12;
    private static final int FLOATS_AT_ONCE = 4_096;

    private final MessageDigest sha256;

    private ModelDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * The sum over everything in the file but the checksum itself.
     *
     * @param metadata texts of the file by key; {@code checksum} is skipped where it is there
     * @param tensors by name
     * @return 64 hex digits in lower case
     */
    public static String checksum(SortedMap<String, String> metadata, SortedMap<String, Tensor> tensors) {
        var digest = new ModelDigest();
        metadata.forEach((key, text) -> {
            if (!key.equals("checksum")) {
                digest.text(key);
                digest.text(text);
            }
        });
        digest.tensors(tensors);
        return digest.hex();
    }

    /**
     * The version over what decides behaviour: {@code chip}, {@code decision}, {@code features}, {@code labels} and
     * {@code network} of the metadata, {@code quality} where it is there (it turns a rate of false alarms into thresholds), and
     * the tensors.
     *
     * @param name of the model; not part of the sum
     * @param metadata texts by key; a missing one counts as empty, others are ignored
     * @param tensors by name
     * @return {@code <name>@<12 hex digits>}
     */
    public static String version(String name, Map<String, String> metadata, SortedMap<String, Tensor> tensors) {
        var digest = new ModelDigest();
        for (String key : BEHAVIOUR) {
            digest.text(key);
            digest.text(metadata.getOrDefault(key, ""));
        }
        String quality = metadata.get(QUALITY);
        if (quality != null) {
            digest.text(QUALITY);
            digest.text(quality);
        }
        digest.tensors(tensors);
        return name + "@" + digest.hex().substring(0, VERSION_DIGITS);
    }

    /**
     * A number that tells saved states of one kind from those of another, the same on every machine.
     *
     * @param texts what the states depend on, in a fixed order
     * @return the first 64 bits of the SHA-256 over the texts
     */
    public static long fingerprint(String... texts) {
        var digest = new ModelDigest();
        Arrays.stream(texts).forEach(digest::text);
        return ByteBuffer.wrap(digest.sha256.digest()).getLong();
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        sha256.update(utf8);
    }

    private void number(int value) {
        sha256.update(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .flip());
    }

    private void tensors(SortedMap<String, Tensor> tensors) {
        ByteBuffer chunk = ByteBuffer.allocate(FLOATS_AT_ONCE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        tensors.forEach((name, tensor) -> {
            text(name);
            number(tensor.shape().size());
            tensor.shape().forEach(this::number);
            float[] values = tensor.values();
            for (int from = 0; from < values.length; from += FLOATS_AT_ONCE) {
                int count = Math.min(FLOATS_AT_ONCE, values.length - from);
                chunk.clear();
                chunk.asFloatBuffer().put(values, from, count);
                sha256.update(chunk.limit(count * Float.BYTES));
            }
        });
    }

    private String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
