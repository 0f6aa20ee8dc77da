package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes, as a file and from a pipe: read to an end, or refused with one sentence, and never more samples than bytes. At
 * their own rate, since designing a resampler takes a hundred times as long as reading them. With the profile "slow" Jazzer looks
 * for bytes that break this.
 */
@Tag("fuzz")
class PcmFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        if (bytes.length >= 4 && bytes[0] == 'f' && bytes[1] == 'L' && bytes[2] == 'a' && bytes[3] == 'C') {
            return; // FlacFuzzTest tries these; a block of theirs may hold more samples than it has bytes
        }
        try {
            assertThat(Heard.of(bytes, "x").samples()).isLessThanOrEqualTo(bytes.length);
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith("x: ").hasLineCount(1);
        }
        try (AudioSource pipe = AudioFiles.pipe(new ByteArrayInputStream(bytes), "x", 16_000)) {
            assertThat(AudioFiles.readAll(pipe)).hasSizeLessThanOrEqualTo(bytes.length);
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith("x: ").hasLineCount(1);
        }
    }
}
