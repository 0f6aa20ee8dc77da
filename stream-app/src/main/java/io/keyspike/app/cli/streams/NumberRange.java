package io.keyspike.app.cli.streams;

import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A range on the command line: {@code LOW..HIGH}, or one number.
 *
 * @param low smallest value
 * @param high largest value
 */
record NumberRange(double low, double high) {
    private static final String DOTS = "..";

    /** As the settings have it. */
    List<Double> asList() {
        return List.of(low, high);
    }

    /** Whether it is more than this one number. */
    boolean isMoreThan(double value) {
        return low != value || high != value;
    }

    /** Reads a range. */
    static final class Converter implements ITypeConverter<NumberRange> {
        @Override
        public NumberRange convert(String text) {
            int dots = text.indexOf(DOTS);
            try {
                double low = Double.parseDouble(dots < 0 ? text : text.substring(0, dots));
                double high = dots < 0 ? low : Double.parseDouble(text.substring(dots + DOTS.length()));
                if (low <= high) {
                    return new NumberRange(low, high);
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new TypeConversionException("expected a number or LOW..HIGH, found '" + text + "'");
        }
    }
}
