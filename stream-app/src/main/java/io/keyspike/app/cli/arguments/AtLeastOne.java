package io.keyspike.app.cli.arguments;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a number of threads, clips or the like, of which there must be one. */
public final class AtLeastOne implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String text) {
        int count;
        try {
            count = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("expected a whole number, found '" + text + "'");
        }
        if (count < 1) {
            throw new TypeConversionException("expected at least 1, found " + count);
        }
        return count;
    }
}
