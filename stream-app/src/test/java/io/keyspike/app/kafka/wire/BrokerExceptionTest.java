package io.keyspike.app.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class BrokerExceptionTest {

    /** Node assignments, metadata and bootstrap URLs are Kafka's own business. */
    @Test
    void shouldSayInPlainWordsThatNoBrokerIsThere() {
        var silence = new ExecutionException(
                new TimeoutException("Timed out waiting for a node assignment. Call: listNodes"));

        assertThat(BrokerException.isSilence(silence)).isTrue();
        assertThat(BrokerException.rootMessage(silence)).isEqualTo("no broker answered in time");
        assertThat(BrokerException.silent(Map.of("bootstrap.servers", "kafka:9092"), silence))
                .hasMessage(
                        "no Kafka broker answered at kafka:9092; check the address and, for TLS or SASL, --properties")
                .hasCause(silence);
    }

    @Test
    void shouldPassOnWhatABrokerSaid() {
        var refused = new KafkaException("failed", new IOException("not authorised"));

        assertThat(BrokerException.isSilence(refused)).isFalse();
        assertThat(BrokerException.rootMessage(refused)).isEqualTo("not authorised");
        assertThat(BrokerException.rootMessage(new KafkaException())).isEqualTo("KafkaException");
    }

    /** The same sentence from every kind of client. */
    @Test
    void shouldNameTheAddressThatMeansNothing() {
        Map<String, String> settings = Map.of("bootstrap.servers", "no-such-host.invalid:9092");
        String sentence = "cannot talk to Kafka at no-such-host.invalid:9092: no host of that name was found";

        assertThatThrownBy(() -> Topics.admin(settings)).hasMessage(sentence);
        assertThatThrownBy(() -> Clients.producer(Map.copyOf(settings))).hasMessage(sentence);
        assertThatThrownBy(() -> Clients.certainReader(settings, Map.of())).hasMessage(sentence);
    }
}
