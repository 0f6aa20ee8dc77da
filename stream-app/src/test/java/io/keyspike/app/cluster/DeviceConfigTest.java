package io.keyspike.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceConfigTest {

    @Test
    void shouldReadWhatWasWrittenBeforeThereWereRates() {
        String before = "{\"group\":\"down\",\"thresholds\":{\"no\":null,\"yes\":0.5}}";
        DeviceConfig config = decode(before);

        assertThat(config)
                .isEqualTo(new DeviceConfig("down", null, Map.of("yes", Optional.of(0.5f), "no", Optional.empty())));
        assertThat(config.toJson()).isEqualTo(before);
    }

    @Test
    void shouldReadBackARate() {
        var config = new DeviceConfig(null, null, 0.1, Map.of());

        assertThat(config.toJson()).isEqualTo("{\"falseAlarmsPerHour\":0.1}");
        assertThat(decode(config.toJson())).isEqualTo(config);
        assertThatThrownBy(() -> decode("{\"falseAlarmsPerHour\":0}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("device config: expected a rate of false alarms an hour above 0, found 0.0");
    }

    @Test
    void shouldPutTheDevicesRateBeforeTheGroups() {
        var group = new DeviceConfig(null, null, 1.0, Map.of("yes", Optional.of(0.5f)));

        assertThat(new DeviceConfig("g", null, 0.1, Map.of()).over(group))
                .isEqualTo(new DeviceConfig("g", null, 0.1, Map.of("yes", Optional.of(0.5f))));
        assertThat(new DeviceConfig("g", null, null, Map.of()).over(group).falseAlarmsPerHour())
                .isEqualTo(1.0);
    }

    private static DeviceConfig decode(String json) {
        return DeviceConfig.decode(json.getBytes(StandardCharsets.UTF_8));
    }
}
