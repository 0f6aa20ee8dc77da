package io.keyspike.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class ServiceEventTest {

    @ParameterizedTest
    @EnumSource
    void shouldStandInTheDocumentation(ServiceEvent event) throws IOException {
        assertThat(Files.readString(Path.of(System.getProperty("keyspike.root", ".."), "docs", "monitoring.md")))
                .contains("| `" + event.key() + "` (" + event.level().name().toLowerCase(Locale.ROOT) + ") | "
                        + event.meaning() + " |\n");
    }

    @Test
    void shouldLogASentenceAndItsFactsAsPairs() {
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        var log = (Logger) LoggerFactory.getLogger("service.model-refused");
        log.addAppender(appender);
        log.setAdditive(false);

        ServiceEvent.MODEL_REFUSED.log("model refused: too short", "reason", "too short");

        log.detachAppender(appender);
        ILoggingEvent event = appender.list.getFirst();
        assertThat(event.getFormattedMessage()).isEqualTo("model refused: too short");
        assertThat(event.getLevel().toString()).isEqualTo("WARN");
        assertThat(event.getKeyValuePairs().stream().map(p -> p.key + "=" + p.value))
                .containsExactly("event=model-refused", "reason=too short");
    }

    @Test
    void shouldRefuseANameWithoutAValue() {
        assertThatThrownBy(() -> ServiceEvent.STARTED.log("started", "model"))
                .hasMessage("log: expected alternating names and values, found 1 of them");
    }
}
