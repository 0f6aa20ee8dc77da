package io.keyspike.trainer.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over texts and bytes; a text is closed by a zero byte, so that no two sequences run together. */
public final class Sha256 {
    private final MessageDigest digest;

    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public Sha256 text(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    public Sha256 bytes(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    public byte[] digest() {
        return digest.digest();
    }

    /** 64 hexadecimal digits. */
    public String hex() {
        return HexFormat.of().formatHex(digest());
    }
}
