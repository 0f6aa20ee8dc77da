package io.keyspike.app.kafka.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class BrokerProbeTest {

    @Test
    void shouldTellWhetherAnyBrokerAccepts() throws IOException {
        int port;
        try (var broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = broker.getLocalPort();
            assertThat(BrokerProbe.isSilent("127.0.0.1:1, PLAINTEXT://127.0.0.1:" + port))
                    .isFalse();
        }
        assertThat(BrokerProbe.isSilent("127.0.0.1:" + port)).isTrue();
        assertThat(BrokerProbe.isSilent("no-such-host.invalid:9092"))
                .as("a client says at once that there is no such host")
                .isFalse();
    }
}
