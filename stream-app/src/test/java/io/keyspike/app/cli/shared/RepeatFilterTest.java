package io.keyspike.app.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final RepeatFilter filter = new RepeatFilter();
    private final Logger log = context.getLogger("service");

    @BeforeEach
    void start() {
        filter.setContext(context);
        filter.setAllowed(2);
        filter.setWindowMillis(60_000);
        filter.start();
        appender.setContext(context);
        appender.addFilter(filter);
        appender.start();
        log.addAppender(appender);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> lines() {
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void deadLetter(String reason, int offset) {
        log.atWarn()
                .addKeyValue("event", "dead-letter")
                .addKeyValue("reason", reason)
                .addKeyValue("offset", offset)
                .log("record " + offset + ": " + reason);
    }

    @Test
    void shouldCountWhatKeepsComingBackAndSayHowMuchItWas() {
        for (int i = 0; i < 314; i++) {
            deadLetter("bad-magic", i);
        }
        deadLetter("too-short", 0);
        assertThat(lines()).containsExactly("record 0: bad-magic", "record 1: bad-magic", "record 0: too-short");

        filter.stop();

        assertThat(lines()).hasSize(4).last().isEqualTo("… and 312 more like it in the last 60 s: record 0: bad-magic");
        assertThat(appender.list.getLast().getLevel().toString()).isEqualTo("WARN");
        assertThat(appender.list.getLast().getKeyValuePairs().getFirst().value).isEqualTo(312);
    }

    @Test
    void shouldTellPlacesInTheCodeApart() {
        for (int i = 0; i < 5; i++) {
            log.error("first {}", i);
            log.warn("second {}", i);
        }
        assertThat(lines()).containsExactly("first 0", "second 0", "first 1", "second 1");
    }

    @Test
    void shouldLetEverythingElsePass() {
        for (int i = 0; i < 100; i++) {
            log.info("all is well");
        }
        assertThat(lines()).hasSize(100);
    }

    @Test
    void shouldBeginAfreshWithTheNextWindow() {
        for (int i = 0; i < 3; i++) {
            deadLetter("bad-magic", i);
        }
        filter.stop();
        filter.start();
        deadLetter("bad-magic", 3);
        assertThat(lines()).last().isEqualTo("record 3: bad-magic");
    }

    @Test
    void shouldStayBoundedWhenEveryWarningIsOfAnotherKind() {
        for (int i = 0; i < 1_000; i++) {
            log.warn("planted " + i);
        }
        assertThat(lines()).hasSize(256 + 2);
    }
}
