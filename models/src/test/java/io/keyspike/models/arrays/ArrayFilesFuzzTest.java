package io.keyspike.models.arrays;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes after one that picks the kind (s, z, y: safetensors, npz, npy): arrays, or refused with one sentence. With the profile
 * "slow" Jazzer looks for bytes that break this.
 */
@Tag("fuzz")
class ArrayFilesFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return;
        }
        String kind = switch (bytes[0]) {
            case 's' -> ".safetensors";
            case 'z' -> ".npz";
            default -> ".npy";
        };
        Path file = Files.createTempFile("arrays", kind);
        try {
            Files.write(file, Arrays.copyOfRange(bytes, 1, bytes.length));
            assertThat(ArrayFiles.read(file)).isNotNull();
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith(file + ": ").hasLineCount(1).hasSizeLessThan(1_000);
        } finally {
            Files.delete(file);
        }
    }
}
