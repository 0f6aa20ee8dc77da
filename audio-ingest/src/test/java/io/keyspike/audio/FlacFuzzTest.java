package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes after "fLaC": read to an end, or refused with one sentence, and never more samples than frames of that length can
 * hold. With the profile "slow" Jazzer looks for bytes that break this.
 */
@Tag("fuzz")
class FlacFuzzTest {
    private static final int LARGEST_BLOCK = 1 << 16;

    /** Header of 5 bytes and its CRC, a constant subframe of 2 bytes, CRC of the frame. */
    private static final int SHORTEST_FRAME = 10;

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        byte[] file = new byte[bytes.length + 4];
        file[0] = 'f';
        file[1] = 'L';
        file[2] = 'a';
        file[3] = 'C';
        System.arraycopy(bytes, 0, file, 4, bytes.length);
        try {
            Heard heard = Heard.of(file, "x");
            assertThat(heard.samples()).isLessThanOrEqualTo((long) file.length / SHORTEST_FRAME * LARGEST_BLOCK);
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith("x: ").hasLineCount(1);
        }
    }
}
