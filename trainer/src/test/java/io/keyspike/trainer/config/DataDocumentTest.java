package io.keyspike.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of fields in docs/data.md says what the code does. */
class DataDocumentTest {
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_.]+)` \\| `([^`]*)` \\|.*");

    private static final ObjectMapper YAML = new YAMLMapper();

    @Test
    void shouldListEveryFieldWithItsDefault() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        JsonNode defaults = YAML.readTree(ConfigReader.class.getResourceAsStream("defaults.yaml"));
        flatten("data", defaults.get("data"), expected);
        flatten("augmentation", defaults.get("augmentation"), expected);
        for (String field : new String[] {"batch", "shuffle", "workers", "seed"}) {
            flatten("training." + field, defaults.get("training").get(field), expected);
        }
        features("clip_log_mel", "speech_commands", expected);
        features("events", "events", expected);
        features("image", "idx", expected);

        Map<String, String> found = new TreeMap<>();
        Path document = Path.of(System.getProperty("keyspike.root")).resolve("docs/data.md");
        Files.readAllLines(document).stream()
                .map(ROW::matcher)
                .filter(java.util.regex.Matcher::matches)
                .forEach(row -> found.put(row.group(1), row.group(2)));
        assertThat(found).isEqualTo(expected);
    }

    private static void features(String kind, String data, Map<String, String> to) throws IOException {
        TrainingConfig config = ConfigReader.parse("data: {kind: " + data + ", words: [a]}\nfeatures: {kind: " + kind
                + "}\nnetwork: {layers: [{name: output}]}");
        JsonNode values =
                YAML.readTree(ConfigReader.toYaml(config)).get("features").get(kind);
        flatten("features." + kind, values, to);
        to.remove("features." + kind + ".spectrum.normaliser");
    }

    private static void flatten(String key, JsonNode node, Map<String, String> to) {
        if (node.isObject()) {
            node.properties().forEach(e -> flatten(key + "." + e.getKey(), e.getValue(), to));
        } else if (node.isArray()) {
            to.put(key, node.toString().replace(",", ", "));
        } else {
            to.put(key, node.asText().toLowerCase(Locale.ROOT));
        }
    }
}
