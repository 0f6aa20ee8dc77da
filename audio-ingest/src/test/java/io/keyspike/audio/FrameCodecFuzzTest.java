package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Any bytes of a record: exactly one frame, or refused with one sentence. With the profile "slow" Jazzer looks for others. */
@Tag("fuzz")
class FrameCodecFuzzTest {

    private static final int CHANNELS_AT = 5;

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        AudioFrame frame;
        try {
            frame = FrameCodec.decode(bytes);
        } catch (FrameFormatException e) {
            assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(1_000);
            return;
        }
        if (bytes[CHANNELS_AT] == 1) {
            assertThat(FrameCodec.encode(frame)).isEqualTo(bytes);
        }
        assertThat(frame.samples()).hasSizeLessThan(bytes.length / Short.BYTES);
    }
}
