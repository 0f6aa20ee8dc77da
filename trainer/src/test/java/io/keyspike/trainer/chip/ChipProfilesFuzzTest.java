package io.keyspike.trainer.chip;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/** Any text as a chip profile: read, or refused with one sentence. With the profile "slow" Jazzer looks for others. */
@Tag("fuzz")
class ChipProfilesFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyText(byte[] bytes) {
        try {
            assertThat(ChipProfiles.parse(new String(bytes, StandardCharsets.UTF_8))
                            .name())
                    .isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank().hasLineCount(1);
        }
    }
}
