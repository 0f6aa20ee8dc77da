package io.keyspike.app.cli;

import io.keyspike.models.description.Spelling;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is wrong with a command line, in the words of every other error: what was expected and what was found, first the
 * option's name.
 *
 * @param sentence on one line
 * @param near names that were probably meant; empty if there are none
 */
record UsageErrors(String sentence, List<String> near) {

    /** What picocli puts before the reason that a value was refused for. */
    private static final Pattern PREFIX =
            Pattern.compile("Invalid value for (?:option '[^']*'|positional parameter[^:]*?)(?: \\([^)]*\\))?: ");

    private static final Pattern NOT_ONE = Pattern.compile("'([^']*)' is not ");

    private static final Pattern QUOTED = Pattern.compile("'([^']+)'");

    private static final Pattern CHOICE = Pattern.compile("\\((--?[^)]*)\\)");

    /** @param wrong as the parser threw it, or a command */
    static UsageErrors of(ParameterException wrong) {
        if (wrong instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unknown(unmatched.getUnmatched().getFirst(), wrong.getCommandLine());
        }
        return new UsageErrors(sentence(wrong), List.of());
    }

    private static UsageErrors unknown(String found, CommandLine line) {
        boolean option = found.startsWith("-");
        String kind = option ? "option" : line.getSubcommands().isEmpty() ? "argument" : "command";
        List<String> near = option
                ? Spelling.near(found.replaceFirst("=.*", ""), optionNames(line.getCommandSpec()))
                : Spelling.near(found, commandNames(line));
        return new UsageErrors("unknown " + kind + " '" + found + "'", near);
    }

    private static String sentence(ParameterException wrong) {
        String message = String.valueOf(wrong.getMessage());
        if (wrong instanceof MissingParameterException missing) {
            return missing(missing, message);
        }
        if (wrong instanceof MutuallyExclusiveArgsException) {
            // "Error: --data=DIR, --streams=DIR are mutually exclusive (specify only one)"
            String names = message.replaceFirst("^Error: ", "").replaceFirst(" are mutually exclusive.*", "");
            return "expected only one of " + names.replaceAll("[= ]<?[A-Z][^,]*", "") + ", found more";
        }
        if (wrong instanceof OverwrittenOptionException again) {
            return name(again.getOverwritten()) + ": expected once, found again";
        }
        ArgSpec argument = wrong.getArgSpec();
        if (argument == null) {
            return message;
        }
        if (wrong.getCause() instanceof TypeConversionException
                || PREFIX.matcher(message).lookingAt()) {
            return name(argument) + ": " + expected(argument, found(wrong, message), message);
        }
        if (message.contains("KEY=VALUE format")) {
            return name(argument) + ": expected " + label(argument) + ", found '"
                    + message.replaceFirst(".* but was ", "") + "'";
        }
        if (argument.isOption() && message.contains("should be specified without")) {
            return name(argument) + ": expected no value, found '"
                    + message.replaceFirst("^.*?but '?", "").replaceFirst("'?( .*)?$", "") + "'";
        }
        return message;
    }

    /** Options and parameters that are not there, or an option without its value. */
    private static String missing(MissingParameterException missing, String message) {
        if (message.contains("specify one of these")) {
            Matcher choice = CHOICE.matcher(message);
            return "expected " + (choice.find() ? choice.group(1).replace(" | ", " or ") : "another argument")
                    + ", found neither";
        }
        if (message.startsWith("Missing required")) {
            List<String> names = QUOTED.matcher(message)
                    .results()
                    .map(name -> name.group(1))
                    .distinct()
                    .toList();
            List<ArgSpec> absent = missing.getMissing();
            if (message.startsWith("Missing required parameter for option") && !absent.isEmpty()) {
                return name(absent.getFirst()) + ": expected " + label(absent.getFirst()) + ", found nothing";
            }
            return "expected " + listed(names, "and") + ", found nothing";
        }
        List<ArgSpec> absent = missing.getMissing();
        return absent.size() == 1
                ? name(absent.getFirst()) + ": expected " + label(absent.getFirst()) + ", found nothing"
                : message;
    }

    private static String found(ParameterException wrong, String message) {
        if (wrong.getValue() != null) {
            return wrong.getValue();
        }
        Matcher quoted = NOT_ONE.matcher(message);
        return quoted.find()
                ? quoted.group(1)
                : message.replaceFirst(".* but was '?", "").replaceFirst("'$", "");
    }

    /** What an argument takes, and what was found instead. */
    private static String expected(ArgSpec argument, String found, String message) {
        String reason = PREFIX.matcher(message).replaceFirst("");
        Class<?> type = argument.auxiliaryTypes().length == 0 ? argument.type() : argument.auxiliaryTypes()[0];
        boolean own = !reason.contains(" is not a") && !reason.contains("(case-insensitive)");
        if (own && reason.startsWith("expected")) {
            return reason;
        }
        String kind = kind(type);
        return kind == null ? reason : "expected " + kind + ", found '" + found + "'";
    }

    private static @Nullable String kind(Class<?> type) {
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class || type == float.class || type == Float.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "no value";
        }
        if (type == Path.class) {
            return "a path";
        }
        if (type.isEnum()) {
            return listed(
                    Arrays.stream(type.getEnumConstants())
                            .map(UsageErrors::spelt)
                            .toList(),
                    "or");
        }
        return null;
    }

    /** A choice as it is typed: its own text if it has one, or its name in lower case. */
    private static String spelt(Object constant) {
        try {
            Method text = constant.getClass().getMethod("toString");
            if (text.getDeclaringClass() != Enum.class) {
                return constant.toString();
            }
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : label(argument);
    }

    private static String label(ArgSpec argument) {
        String label = argument.paramLabel();
        return Map.class.isAssignableFrom(argument.type()) ? label.replaceFirst("\\[.*", "") : label;
    }

    private static String listed(List<String> names, String word) {
        return names.size() == 1
                ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + " " + word + " " + names.getLast();
    }

    private static List<String> optionNames(CommandSpec spec) {
        return spec.options().stream()
                .map(OptionSpec::names)
                .flatMap(Stream::of)
                .toList();
    }

    /** The commands that a user sees, in the order of the help. */
    static List<String> commandNames(CommandLine line) {
        var names = new ArrayList<String>();
        line.getSubcommands().forEach((name, sub) -> {
            if (!sub.getCommandSpec().usageMessage().hidden()) {
                names.add(name);
            }
        });
        return names;
    }
}
