package io.keyspike.app.cli.arguments;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses times: {@code 2026-01-31T12:00:00Z}, with another offset or none, or an age such as {@code 90m}. */
public final class TimeArguments implements ITypeConverter<Instant> {

    /** The accepted forms, for help texts. */
    public static final String HELP =
            "2026-01-31T12:00:00Z, the same without Z in this machine's time zone, or an age such as 30s, 90m, 2h or 3d";

    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

    private final InstantSource clock = InstantSource.system();

    @Override
    public Instant convert(String text) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long count = Long.parseLong(ago.group(1));
            return clock.instant()
                    .minus(
                            switch (ago.group(2)) {
                                case "s" -> Duration.ofSeconds(count);
                                case "m" -> Duration.ofMinutes(count);
                                case "h" -> Duration.ofHours(count);
                                default -> Duration.ofDays(count);
                            });
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException withoutOffset) {
            try {
                return LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
            } catch (DateTimeException e) {
                throw new TypeConversionException("expected a time such as " + HELP + ", found '" + text + "'");
            }
        }
    }
}
