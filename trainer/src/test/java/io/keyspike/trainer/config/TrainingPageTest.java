package io.keyspike.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/training.md} shows every field with its default as the code has it. After a change of fields:
 * {@code mvn -pl trainer -am test -Dkeyspike.docs.write=true -Dtest=TrainingPageTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class TrainingPageTest {
    private static final Path PAGE =
            Path.of(System.getProperty("keyspike.root")).resolve("docs/training.md");

    @Test
    void shouldShowEveryFieldWithItsDefault() throws IOException {
        String page = Files.readString(PAGE);
        String expected = page;
        expected = withBlock(expected, "defaults.yaml", defaults());
        expected = withBlock(expected, "filterbank", spec("filterbank"));
        expected = withBlock(expected, "log_mel", spec("log_mel"));
        if (Boolean.getBoolean("keyspike.docs.write")) {
            Files.writeString(PAGE, expected);
            page = expected;
        }
        assertThat(page)
                .as("docs/training.md; the class comment of this test says how to write it anew")
                .isEqualTo(expected);
    }

    private static String defaults() throws IOException {
        try (InputStream in = ConfigReader.class.getResourceAsStream("defaults.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String spec(String kind) throws IOException {
        var config = ConfigReader.parse("""
                data: {words: [a, b]}
                features: {kind: %s}
                network: {layers: [{name: output}]}
                """.formatted(kind));
        var mapper = YAMLMapper.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .build();
        JsonNode spec =
                mapper.readTree(ConfigReader.toYaml(config)).get("features").get(kind);
        return mapper.writeValueAsString(spec);
    }

    /** The page with the block after a marker replaced. */
    private static String withBlock(String page, String marker, String yaml) {
        String line = "<!-- " + marker + " -->\n";
        int start = page.indexOf(line);
        assertThat(start).as("the marker %s in docs/training.md", line.strip()).isNotNegative();
        int after = start + line.length();
        int end = after;
        if (page.startsWith("```yaml\n", after)) {
            end = page.indexOf("```\n", after + 8) + 4;
        }
        return page.substring(0, after) + "```yaml\n" + yaml.stripTrailing() + "\n```\n" + page.substring(end);
    }
}
