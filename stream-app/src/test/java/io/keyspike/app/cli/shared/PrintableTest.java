package io.keyspike.app.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrintableTest {

    private static final String HOSTILE = "a\u001b[2J\u001b]0;title\u0007\r\nb\u009b2J\u2028\u202e\u007f\tc";

    @Test
    void shouldEscapeWhatATerminalActsOn() {
        assertThat(Printable.line(HOSTILE))
                .isEqualTo("a\\u001b[2J\\u001b]0;title\\u0007\\r\\nb\\u009b2J\\u2028\\u202e\\u007f\\tc");
        assertThat(Printable.text("one\ntwo\t\u001b[H")).isEqualTo("one\ntwo\t\\u001b[H");
    }

    @Test
    void shouldLeaveOrdinaryTextAsItIs() {
        String text = "Küche, 厨房, 👋 ja!";
        assertThat(Printable.line(text)).isSameAs(text);
    }

    @Test
    void shouldLetOnlyColoursAndClearedLinesThroughToATerminal() {
        var written = new StringWriter();
        PrintWriter out = Printable.terminal(new PrintWriter(written, true));
        out.print("\r\u001b[2K\u001b[1;31mred\u001b[0m\n");
        out.print(HOSTILE);
        out.printf("%s%c", "x\u001b[5A", '\u0007');
        out.flush();
        assertThat(written.toString())
                .startsWith("\r\u001b[2K\u001b[1;31mred\u001b[0m\na\\u001b[2J\\u001b]0;title")
                .endsWith("x\\u001b[5A\\u0007");
        assertThat(Printable.terminal(out)).isSameAs(out);
    }

    @Test
    void shouldEscapeTheMessagesOfTheTextLog() throws Exception {
        var context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(PrintableTest.class.getResource("/logback.xml"));
        var root = context.getLogger("ROOT");
        var console = (OutputStreamAppender<ILoggingEvent>) root.getAppender("stderr");
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(((PatternLayoutEncoder) console.getEncoder()).getPattern());
        encoder.start();
        var written = new ByteArrayOutputStream();
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(written);
        appender.start();
        root.detachAndStopAllAppenders();
        root.addAppender(appender);

        context.getLogger("io.keyspike.test").setLevel(Level.INFO);
        context.getLogger("io.keyspike.test").info("device {}", HOSTILE, new IllegalStateException("why\u001b[2J"));

        String text = written.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("device a\\u001b[2J", "IllegalStateException: why\\u001b[2J", "\tat ");
        assertThat(text).doesNotContain("\u001b", "\u009b");
        assertThat(text.lines().findFirst().orElseThrow()).endsWith("\\tc");
        context.stop();
    }
}
