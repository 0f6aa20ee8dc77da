package io.keyspike.app.cli;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code man-pages}: writes a manual page for every command; for those who make packages. */
@Command(
        name = "man-pages",
        hidden = true,
        description = "Writes a manual page for every command into a folder, for packages.")
final class ManPagesCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Folder to write to, such as share/man/man1.")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path folder;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(folder);
        int pages = write(spec.root());
        PrintWriter out = spec.commandLine().getOut();
        out.println(pages + " manual pages in " + folder);
        return ExitCode.OK;
    }

    private int write(CommandSpec command) throws IOException {
        if (command.usageMessage().hidden()) {
            return 0;
        }
        Files.writeString(folder.resolve(ManPage.name(command) + ".1"), ManPage.of(command));
        int pages = 1;
        for (CommandLine sub : command.subcommands().values()) {
            pages += write(sub.getCommandSpec());
        }
        return pages;
    }
}
