package io.keyspike.app.cli;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Checks that the files and folders named on the command line are there, or can be written; see {@link Input}. */
final class InputCheck {

    private InputCheck() {}

    /** @throws CommandException with {@link ExitCode#USAGE} naming the option and the path, if one is missing or in the way */
    static void run(ParseResult parsed) {
        for (ArgSpec argument : parsed.matchedArgs()) {
            if (argument.userObject() instanceof Field field && field.isAnnotationPresent(Input.class)) {
                Input.Kind kind = field.getAnnotation(Input.class).value();
                Object value = argument.getValue();
                if (value instanceof Path path) {
                    check(argument, kind, path);
                } else if (value instanceof List<?> all) {
                    all.forEach(each -> check(argument, kind, (Path) each));
                }
            }
        }
        if (parsed.hasSubcommand()) {
            run(parsed.subcommand());
        }
    }

    private static void check(ArgSpec argument, Input.Kind kind, Path path) {
        String found = mismatch(kind, path);
        if (found != null) {
            String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
            throw new CommandException(ExitCode.USAGE, name + ": expected " + kind + ", found " + found);
        }
    }

    /** What was found instead; null if the path is as it should be. */
    private static @Nullable String mismatch(Input.Kind kind, Path path) {
        return switch (kind) {
            case FILE -> !Files.exists(path) ? none(path) : Files.isDirectory(path) ? "the folder " + path : null;
            case FOLDER -> !Files.exists(path) ? none(path) : Files.isDirectory(path) ? null : "the file " + path;
            case ANY -> Files.exists(path) ? null : none(path);
            case FOLDER_TO_WRITE -> fileInTheWay(path.toAbsolutePath());
            case FILE_TO_WRITE ->
                Files.isDirectory(path)
                        ? "the folder " + path
                        : fileInTheWay(path.toAbsolutePath().getParent());
        };
    }

    private static String none(Path path) {
        return "none at " + path;
    }

    /** The file where a folder would have to be; null if the folder exists or can be made. */
    private static @Nullable String fileInTheWay(@Nullable Path folder) {
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return Files.isDirectory(at) ? null : "the file " + at;
            }
        }
        return null;
    }
}
