package io.keyspike.models.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyspike.audio.KnownFormat;
import io.keyspike.models.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names what is no safetensors file, by its first bytes: the files that are most often given for a model. */
final class OtherFiles {
    /** What the savers of other libraries write for a format, and the library. */
    static final Map<String, String> LIBRARIES = Map.of(
            "pt", "PyTorch", "np", "NumPy", "tf", "TensorFlow", "flax", "Flax", "mlx", "MLX", "paddle", "PaddlePaddle");

    private static final int TEXT_BYTES = 4_096;
    private static final int TAR_MAGIC_AT = 257;

    private OtherFiles() {}

    /** What a file that was refused is, with its article; null if it may well be a safetensors file, damaged. */
    static @Nullable String name(byte[] bytes) {
        if (bytes.length == 0) {
            return null;
        }
        if (isSafetensors(bytes)) {
            return arrays(bytes);
        }
        byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, KnownFormat.HEAD_BYTES));
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("RIFF") || text.startsWith("fLaC") || text.startsWith("ID3")) {
            return "an audio file";
        }
        Optional<KnownFormat> known = KnownFormat.of(head);
        if (known.isPresent()) {
            return known.get().name();
        }
        if (head[0] == (byte) 0x80 && head.length > 1 && head[1] >= 1 && head[1] <= 5) {
            return "a Python pickle, such as older versions of torch.save write";
        }
        if (isOnnx(head)) {
            return "an ONNX model";
        }
        if (bytes.length > TAR_MAGIC_AT + 5
                && new String(bytes, TAR_MAGIC_AT, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            return "a tar archive";
        }
        if (isText(bytes)) {
            String start = text.strip();
            return start.startsWith("{") || start.startsWith("[") ? "JSON" : "plain text";
        }
        return null;
    }

    /** Whether the length of a header and the brace with which it begins are there. */
    private static boolean isSafetensors(byte[] bytes) {
        if (bytes.length <= Long.BYTES || bytes[Long.BYTES] != '{') {
            return false;
        }
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return header > 0 && header <= Safetensors.MAXIMUM_HEADER_BYTES;
    }

    /** Whose arrays a safetensors file holds that says nothing of a Keyspike model; null if it says something of one. */
    private static @Nullable String arrays(byte[] bytes) {
        JsonNode header;
        try {
            int length = Math.toIntExact(
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
            header = Json.read(
                    new String(bytes, Long.BYTES, Math.min(length, bytes.length - Long.BYTES), StandardCharsets.UTF_8),
                    "header");
        } catch (IllegalArgumentException e) {
            return null;
        }
        JsonNode metadata = header.path("__metadata__");
        String library = LIBRARIES.get(metadata.path("format").asText());
        boolean onlyArrays = metadata.isMissingNode() && !header.isEmpty();
        if (metadata.has("format_version") || (library == null && !onlyArrays)) {
            return null;
        }
        return "arrays" + (library == null ? "" : " that " + library + " saved")
                + " without a model's settings; 'keyspike convert' reads weights of snnTorch";
    }

    /** A protocol buffer that begins with the version of ONNX, then the producer's name or version. */
    private static boolean isOnnx(byte[] head) {
        if (head.length < 6 || head[0] != 0x08 || head[1] < 1 || head[1] > 32) {
            return false;
        }
        int length = head[3];
        if ((head[2] != 0x12 && head[2] != 0x1a && head[2] != 0x3a && head[2] != 0x42) || length == 0) {
            return false;
        }
        if (head[2] == 0x3a || head[2] == 0x42) {
            return true;
        }
        for (int i = 4; i < Math.min(head.length, 4 + Math.max(0, length)); i++) {
            if (head[i] < ' ' || head[i] > '~') {
                return false;
            }
        }
        return length > 0;
    }

    private static boolean isText(byte[] bytes) {
        int length = Math.min(bytes.length, TEXT_BYTES);
        for (int i = 0; i < length; i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t' && bytes[i] != '\n' && bytes[i] != '\r') {
                return false;
            }
        }
        // A character may be cut at the end of what is looked at.
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, length), CharBuffer.allocate(length), false);
        return !result.isError();
    }
}
