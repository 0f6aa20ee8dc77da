package io.keyspike.app.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.hearing.KeywordEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeywordEventCodecTest {

    private static final KeywordEvent EVENT = new KeywordEvent(
            "kitchen \"1\"/00000000000000ff/16000/yes",
            "kitchen \"1\"",
            "yes",
            0.1f,
            "yes-no@0123456789ab",
            "00000000000000ff",
            16_000,
            Instant.parse("2026-01-01T00:00:00.000100Z"),
            Instant.parse("2026-01-01T00:00:00.020Z"),
            19.9);

    @Test
    void shouldReadWhatItWrites() throws Exception {
        assertThat(KeywordEventCodec.decode(KeywordEventCodec.encode(EVENT))).isEqualTo(EVENT);
    }

    @Test
    void shouldWriteTimesToTheMicrosecondAndOneLine() {
        assertThat(KeywordEventCodec.toJson(EVENT))
                .contains("\"audioTime\":\"2026-01-01T00:00:00.000100Z\"")
                .contains("\"emittedAt\":\"2026-01-01T00:00:00.020000Z\"")
                .doesNotContain("\n");
    }

    @Test
    void shouldNameTheFieldThatIsMissing() {
        byte[] json = KeywordEventCodec.toJson(EVENT)
                .replace("\"keyword\"", "\"word\"")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> KeywordEventCodec.decode(json))
                .hasMessage("keyword event: expected a string keyword, found MISSING");
    }

    @Test
    void shouldHaveTheFieldsOfItsSchema() throws Exception {
        JsonNode schema;
        try (var in = KeywordEvent.class.getResourceAsStream("KeywordEvent.schema.json")) {
            schema = new ObjectMapper().readTree(Objects.requireNonNull(in));
        }
        Set<String> written = names(new ObjectMapper().readTree(KeywordEventCodec.toJson(EVENT)));
        Set<String> required = new HashSet<>();
        schema.get("required").forEach(name -> required.add(name.textValue()));

        assertThat(written).isEqualTo(names(schema.get("properties"))).isEqualTo(required);
    }

    private static Set<String> names(JsonNode object) {
        return new HashSet<>(
                object.properties().stream().map(java.util.Map.Entry::getKey).toList());
    }
}
