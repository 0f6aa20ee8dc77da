package io.keyspike.app.cluster;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The compacted topic {@value #NAME}: every model of the cluster, and which one is active. Keys are UTF-8 strings:
 *
 * <pre>
 * chunk/SHA256/INDEX   a chunk of a model file, at most {@link #CHUNK_BYTES} bytes
 * model/VERSION        {@link ModelManifest}: marks a complete model, with its expected length and digest
 * current              {@link ModelChoice}: the active model and the previous ones
 * shadow               {@link ModelChoice}: the shadow model; absent for none
 * </pre>
 *
 * A manifest is written after its chunks, in the same transaction, and readers check length and digest: an incomplete
 * model is never used. A model is removed by tombstones, the manifest's first.
 */
public final class ModelsTopic {

    public static final String NAME = "keyspike-models";

    /** Half of a broker's default limit, so that key and headers fit too. */
    static final int CHUNK_BYTES = 512 * 1024;

    static final String CURRENT = "current";
    static final String SHADOW = "shadow";
    static final String MODEL = "model/";
    static final String CHUNK = "chunk/";

    private static final Pattern VERSION = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}@[0-9a-f]{12}");

    private ModelsTopic() {}

    /** Whether a string has the form of a model version, {@code NAME@12 hex digits}. */
    static boolean isVersion(String text) {
        return VERSION.matcher(text).matches();
    }

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String chunkKey(String sha256, int index) {
        return CHUNK + sha256 + "/" + index;
    }
}
