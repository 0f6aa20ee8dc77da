package io.keyspike.app.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes as a record of the frame topic (up to the first 0 the key, after it the value) and of the event topic: read, or
 * refused with one sentence. With the profile "slow" Jazzer looks for bytes that break this.
 */
@Tag("fuzz")
class RecordsFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        byte[] value = end == bytes.length ? null : Arrays.copyOfRange(bytes, end + 1, bytes.length);
        if (FrameReader.read(Arrays.copyOf(bytes, end), value) instanceof FrameReader.Content.Refused refused) {
            assertThat(refused.sentence()).hasLineCount(1).hasSizeLessThan(1_000);
        }
        try {
            KeywordEventCodec.encode(KeywordEventCodec.decode(bytes));
        } catch (IOException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
