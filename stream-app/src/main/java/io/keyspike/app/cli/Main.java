package io.keyspike.app.cli;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.bench.BenchCommand;
import io.keyspike.app.cli.chip.ChipCommand;
import io.keyspike.app.cli.demo.DemoCommand;
import io.keyspike.app.cli.doctor.DoctorCommand;
import io.keyspike.app.cli.exchange.ConvertCommand;
import io.keyspike.app.cli.exchange.SimulateCommand;
import io.keyspike.app.cli.keyword.KeywordCommand;
import io.keyspike.app.cli.listen.ListenCommand;
import io.keyspike.app.cli.listen.SendCommand;
import io.keyspike.app.cli.listen.SoundCommand;
import io.keyspike.app.cli.listen.WyomingCommand;
import io.keyspike.app.cli.models.InspectCommand;
import io.keyspike.app.cli.models.ModelsCommand;
import io.keyspike.app.cli.output.OutputLostException;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.Logging;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.UserFolders;
import io.keyspike.app.cli.stream.DevicesCommand;
import io.keyspike.app.cli.stream.RescoreCommand;
import io.keyspike.app.cli.stream.StreamCommand;
import io.keyspike.app.cli.streams.StreamsCommand;
import io.keyspike.app.cli.train.CacheCommand;
import io.keyspike.app.cli.train.CalibrateCommand;
import io.keyspike.app.cli.train.EncodeCommand;
import io.keyspike.app.cli.train.EvaluateCommand;
import io.keyspike.app.cli.train.TrainCommand;
import io.keyspike.app.cli.train.TrainWorkerCommand;
import io.keyspike.app.cli.voices.VoicesCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code keyspike}: parses arguments, runs a subcommand, and maps failures to a sentence and an exit code. */
@Command(
        name = "keyspike",
        description = "Detects keywords in live audio with spiking neural networks.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ListenCommand.class,
            SendCommand.class,
            SoundCommand.class,
            StreamCommand.class,
            RescoreCommand.class,
            WyomingCommand.class,
            TrainCommand.class,
            TrainWorkerCommand.class,
            EvaluateCommand.class,
            StreamsCommand.class,
            KeywordCommand.class,
            EncodeCommand.class,
            CalibrateCommand.class,
            InspectCommand.class,
            ChipCommand.class,
            BenchCommand.class,
            CacheCommand.class,
            ModelsCommand.class,
            SimulateCommand.class,
            ConvertCommand.class,
            VoicesCommand.class,
            DevicesCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            ManPagesCommand.class
        })
public final class Main implements Callable<Integer> {

    @Option(
            names = "--home",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Folder of your models, voices, recordings, state and cache (default: the variable"
                    + " KEYSPIKE_HOME, or .keyspike in your home directory).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path home;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Enable debug logging and print stack traces of errors.")
    private boolean verbose;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            scope = ScopeType.INHERIT,
            defaultValue = "TEXT",
            description = "Format of the log on standard error (default: text).")
    private Logging.Format logFormat = Logging.Format.TEXT;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    /** Why standard output failed, if it did. */
    private Supplier<@Nullable IOException> outputFailure = () -> null;

    public static void main(String[] arguments) {
        StandardStreams.restoreError();
        StandardStreams.Remembering output = StandardStreams.output();
        Main main = new Main();
        main.outputFailure = output::failure;
        CommandLine line = commandLine(main);
        line.setOut(StandardStreams.writer(output));
        line.setErr(StandardStreams.writer(System.err));
        System.exit(line.execute(arguments));
    }

    /** The whole command line, ready to execute. */
    public static CommandLine commandLine() {
        return commandLine(new Main());
    }

    private static CommandLine commandLine(Main main) {
        CommandLine line = new CommandLine(main);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(main::run);
        line.setExecutionExceptionHandler(main::failed);
        line.setParameterExceptionHandler(Main::wrongUsage);
        HelpTexts.complete(line);
        return line;
    }

    /** Without a subcommand, prints the usage. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }

    private int run(ParseResult parsed) {
        if (verbose) {
            Logging.verbose();
        }
        Logging.format(logFormat);
        for (CommandLine each : parsed.asCommandLineList()) {
            each.setOut(Printable.terminal(each.getOut()));
            each.setErr(Printable.terminal(each.getErr()));
        }
        UserFolders.choose(home);
        CommandLine line = parsed.commandSpec().commandLine();
        try {
            InputCheck.run(parsed);
            int exitCode = new CommandLine.RunLast().execute(parsed);
            if (exitCode != ExitCode.INTERRUPTED) {
                OutputLostException.check(line.getOut());
            }
            return exitCode;
        } catch (CommandException | OutputLostException e) {
            return failed(e, line, parsed);
        }
    }

    private int failed(Exception thrown, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        Failures failure = thrown instanceof OutputLostException ? outputLost() : Failures.of(thrown);
        if (failure.exitCode() != ExitCode.READER_GONE) {
            err.println(line.getColorScheme().errorText("keyspike: " + Printable.line(failure.sentence())));
        }
        if (verbose) {
            thrown.printStackTrace(err);
        }
        err.flush();
        return failure.exitCode();
    }

    /** A reader that has seen enough, as in {@code keyspike models list | head -1}, is nothing to complain about. */
    private Failures outputLost() {
        IOException cause = outputFailure.get();
        String reason = cause == null ? null : cause.getMessage();
        return reason != null && (reason.contains("Broken pipe") || reason.contains("pipe is being closed"))
                ? new Failures(ExitCode.READER_GONE, "the reader of standard output has gone")
                : new Failures(
                        ExitCode.ENVIRONMENT,
                        "standard output: cannot be written to" + (reason == null ? "" : " (" + reason + ")")
                                + "; the output is not complete");
    }

    private static int wrongUsage(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        UsageErrors error = UsageErrors.of(wrong);
        err.println(line.getColorScheme().errorText("keyspike: " + Printable.text(error.sentence())));
        err.println(
                error.near().isEmpty()
                        ? "Try '" + line.getCommandSpec().qualifiedName() + " --help'."
                        : "Did you mean: " + String.join(" or ", error.near()) + "?");
        err.flush();
        return ExitCode.USAGE;
    }
}
