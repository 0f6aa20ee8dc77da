package io.keyspike.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/**
 * Any text as a configuration: one that can be written and read again, or refused with one sentence. With the profile "slow"
 * Jazzer looks for texts that break this.
 */
@Tag("fuzz")
class ConfigFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyText(byte[] bytes) {
        TrainingConfig config;
        try {
            config = ConfigReader.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (ConfigException e) {
            assertThat(e.getMessage()).isNotBlank().hasLineCount(1);
            return;
        }
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
    }
}
