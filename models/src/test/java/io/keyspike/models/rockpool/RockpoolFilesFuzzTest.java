package io.keyspike.models.rockpool;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyspike.models.file.ModelFileException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/** Any text: a network, or refused with one sentence. With the profile "slow" Jazzer looks for texts that break this. */
@Tag("fuzz")
class RockpoolFilesFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyText(byte[] bytes) {
        try {
            assertThat(RockpoolFiles.parse(new String(bytes, StandardCharsets.UTF_8))
                            .graph())
                    .isNotNull();
        } catch (ModelFileException e) {
            assertThat(e.getMessage()).isNotBlank().hasLineCount(1).hasSizeLessThan(1_000);
        }
    }
}
