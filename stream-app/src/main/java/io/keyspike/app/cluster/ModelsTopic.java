package io.keyspike.app.cluster;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The compacted topic {@value #NAME}: every model of the cluster, and which one is in use. Keys are UTF-8 texts:
 *
 * <pre>
 * chunk/SHA256/INDEX   a piece of a model file, at most {@link #CHUNK_BYTES} bytes
 * model/VERSION        {@link ModelManifest}: that these pieces are a whole model, and what they must add up to
 * current              {@link ModelChoice}: the model in use, and those before it
 * shadow               {@link ModelChoice}: the model that listens beside it; absent for none
 * </pre>
 *
 * A manifest is written after the pieces it names, in the same transaction, and a reader checks length and digest: half a
 * model is never used. A model is taken away by tombstones, the manifest's first.
 */
public final class ModelsTopic {

    public static final String NAME = "keyspike-models";

    /** Half of what a broker takes by default, so that key and header fit too. */
    static final int CHUNK_BYTES = 512 * 1024;

    static final String CURRENT = "current";
    static final String SHADOW = "shadow";
    static final String MODEL = "model/";
    static final String CHUNK = "chunk/";

    private static final Pattern VERSION = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}@[0-9a-f]{12}");

    private ModelsTopic() {}

    /** Whether a text has the form of a model's version, {@code NAME@12 hex digits}. */
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
