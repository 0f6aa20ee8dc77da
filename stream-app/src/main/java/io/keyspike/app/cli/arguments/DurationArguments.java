package io.keyspike.app.cli.arguments;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses durations: {@code 30s}, {@code 90m}, {@code 12h}, {@code 7d}, with longer names of the units, or ISO 8601. */
public final class DurationArguments implements ITypeConverter<Duration> {

    /** The accepted forms, for help texts. */
    public static final String HELP = "30s, 90m, 12h, 7d, or PT12H as ISO 8601 has it";

    private static final Pattern COUNT_AND_UNIT =
            Pattern.compile("(\\d{1,9})\\s*(s|seconds?|m|min|minutes?|h|hours?|d|days?)");

    @Override
    public Duration convert(String text) {
        Matcher plain = COUNT_AND_UNIT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (plain.matches()) {
            long count = Long.parseLong(plain.group(1));
            return switch (plain.group(2).charAt(0)) {
                case 's' -> Duration.ofSeconds(count);
                case 'm' -> Duration.ofMinutes(count);
                case 'h' -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new TypeConversionException("expected a duration such as " + HELP + ", found '" + text + "'");
        }
    }
}
