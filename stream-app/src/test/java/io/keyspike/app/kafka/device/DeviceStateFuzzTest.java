package io.keyspike.app.kafka.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.models.spotter.KeywordSpotter;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes as the state of a device: a state that can be saved again, or refused. With the profile "slow" Jazzer looks for bytes
 * that break this.
 */
@Tag("fuzz")
class DeviceStateFuzzTest {

    private static final KeywordSpotter SPOTTER = TestModels.spotter("first", 1);

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        DeviceState state;
        try {
            state = DeviceStateCodec.decode(bytes, SpotterProvider.fixed(SPOTTER));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).contains("expected");
            return;
        }
        assertThat(DeviceStateCodec.encode(state)).isNotEmpty();
    }
}
