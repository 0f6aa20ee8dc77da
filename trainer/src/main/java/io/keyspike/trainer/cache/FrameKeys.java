package io.keyspike.trainer.cache;

import io.keyspike.trainer.data.Clip;
import io.keyspike.trainer.data.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Under which key a transform's frames of a sample are cached: SHA-256 over the transform's class, its {@link
 * FrameTransform#recipe}, its {@link FrameTransform#probe}, and the sample's name and content.
 */
final class FrameKeys {
    private final byte[] transform;

    FrameKeys(FrameTransform transform) {
        float[] probe = transform.probe();
        ByteBuffer bits = ByteBuffer.allocate(Float.BYTES * probe.length);
        bits.asFloatBuffer().put(probe);
        this.transform = new Sha256()
                .text(transform.getClass().getName())
                .text(transform.recipe())
                .text(transform.frames() + " x " + transform.width())
                .bytes(bits.array())
                .digest();
    }

    byte[] of(Clip clip) {
        return new Sha256()
                .bytes(transform)
                .text(clip.name())
                .text(clip.hash())
                .text(String.valueOf(clip.item()))
                .digest();
    }

    static String hex(byte[] key) {
        return HexFormat.of().formatHex(key);
    }
}
