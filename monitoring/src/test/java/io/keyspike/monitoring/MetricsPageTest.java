package io.keyspike.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

    @Test
    void shouldBeWhatTheRepositoryHolds() throws IOException {
        Path page = Path.of(System.getProperty("keyspike.root", ".."), "docs", "metrics.md");
        if (Boolean.getBoolean("keyspike.docs.write")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, MetricsPage.text());
        }
        assertThat(page)
                .as("generated from the catalogue; run with -Dkeyspike.docs.write=true to regenerate it")
                .hasContent(MetricsPage.text());
    }
}
