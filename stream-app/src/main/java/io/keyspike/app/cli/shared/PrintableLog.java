package io.keyspike.app.cli.shared;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** Words of the pattern in {@code logback.xml}, with what a terminal acts on escaped. */
public final class PrintableLog {

    private PrintableLog() {}

    /** The message, on one line whatever its arguments contain. */
    public static final class Message extends MessageConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return Printable.line(super.convert(event));
        }
    }

    /** The stack trace, in its lines. */
    public static final class Trace extends ThrowableProxyConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return Printable.text(super.convert(event));
        }
    }
}
