package io.keyspike.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes as a record of the topic of models (up to the first 0 the key, after it the value) and of the topic of device
 * settings: taken, or refused with one sentence. With the profile "slow" Jazzer looks for bytes that break this.
 */
@Tag("fuzz")
class ClusterRecordsFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        byte[] value = end == bytes.length ? null : Arrays.copyOfRange(bytes, end + 1, bytes.length);
        try {
            new ModelsIndex().apply(new ConsumerRecord<>("t", 0, 0, Arrays.copyOf(bytes, end), value));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        try {
            DeviceConfig config = DeviceConfig.decode(bytes);
            assertThat(DeviceConfig.decode(config.encode())).isEqualTo(config);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
