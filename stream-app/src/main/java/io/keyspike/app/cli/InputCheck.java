package io.keyspike.app.cli;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Checks that the files and folders named on the command line are there; see {@link Input}. */
final class InputCheck {

    private InputCheck() {}

    /** @throws CommandException with {@link ExitCode#USAGE} naming the option and the path, if one is missing */
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
        String found;
        if (!Files.exists(path)) {
            found = "none at " + path;
        } else if (kind == Input.Kind.FILE && Files.isDirectory(path)) {
            found = "the folder " + path;
        } else if (kind == Input.Kind.FOLDER && !Files.isDirectory(path)) {
            found = "the file " + path;
        } else {
            return;
        }
        String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        throw new CommandException(ExitCode.USAGE, name + ": expected " + kind + ", found " + found);
    }
}
