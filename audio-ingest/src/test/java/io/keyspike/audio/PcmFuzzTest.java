package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * Any bytes, as a file and from a pipe: read to an end, or refused with one sentence, and never more samples than bytes. With
 * {@code JAZZER_FUZZ=1} in the environment Jazzer looks for bytes that break this.
 */
class PcmFuzzTest {

    @FuzzTest(maxDuration = "30m", maxExecutions = 1_000_000)
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        if (bytes.length >= 4 && bytes[0] == 'f' && bytes[1] == 'L' && bytes[2] == 'a' && bytes[3] == 'C') {
            return; // FlacFuzzTest tries these; a block of theirs may hold more samples than it has bytes
        }
        try {
            assertThat(Heard.of(bytes, "x").samples()).isLessThanOrEqualTo(bytes.length);
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith("x: ").hasLineCount(1);
        }
        try (AudioSource pipe = AudioFiles.openPipe(new ByteArrayInputStream(bytes), "x", 16_000, 16_000)) {
            assertThat(pipe.sampleRateHz()).isEqualTo(16_000);
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith("x: ").hasLineCount(1);
        }
    }
}
