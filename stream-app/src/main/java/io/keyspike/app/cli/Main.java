package io.keyspike.app.cli;

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
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.Logging;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.stream.DevicesCommand;
import io.keyspike.app.cli.stream.RescoreCommand;
import io.keyspike.app.cli.stream.StreamCommand;
import io.keyspike.app.cli.streams.StreamsCommand;
import io.keyspike.app.cli.train.CacheCommand;
import io.keyspike.app.cli.train.CalibrateCommand;
import io.keyspike.app.cli.train.EncodeCommand;
import io.keyspike.app.cli.train.EvaluateCommand;
import io.keyspike.app.cli.train.TrainCommand;
import io.keyspike.app.cli.voices.VoicesCommand;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.audio.NoMicrophoneException;
import io.keyspike.kernels.DeviceMissingException;
import io.keyspike.voices.EngineMissingException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
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
            DoctorCommand.class
        })
public final class Main implements Callable<Integer> {

    private static final Map<String, String> EXIT_CODES = exitCodes();
    private static final IVersionProvider VERSION = new Version();

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

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, ready to execute. */
    public static CommandLine commandLine() {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(main::run);
        line.setExecutionExceptionHandler(main::failed);
        line.setParameterExceptionHandler(Main::wrongUsage);
        finish(line);
        return line;
    }

    /** Adds what every command shares: {@code --help} and {@code --version}, and the list of exit codes in the help. */
    private static void finish(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        spec.mixinStandardHelpOptions(true).versionProvider(VERSION);
        spec.usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(EXIT_CODES)
                .sortOptions(false)
                .width(100)
                .abbreviateSynopsis(true);
        line.getSubcommands().values().forEach(Main::finish);
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
        for (CommandLine line : parsed.asCommandLineList()) {
            line.setOut(Printable.terminal(line.getOut()));
            line.setErr(Printable.terminal(line.getErr()));
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private int failed(Exception thrown, CommandLine line, ParseResult parsed) {
        Exception failure = thrown;
        if (thrown instanceof UncheckedIOException && thrown.getCause() instanceof Exception cause) {
            failure = cause;
        }
        PrintWriter err = line.getErr();
        int exitCode = ExitCode.FAILED;
        if (failure instanceof CommandException expected) {
            exitCode = expected.exitCode();
        } else if (failure instanceof BrokerException
                || failure instanceof DeviceMissingException
                || failure instanceof NoMicrophoneException
                || failure instanceof EngineMissingException) {
            exitCode = ExitCode.ENVIRONMENT;
        }
        err.println(line.getColorScheme().errorText("keyspike: " + Printable.line(sentence(failure))));
        if (verbose) {
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode;
    }

    /** The exception's message on one line. */
    private static String sentence(Exception failure) {
        String message = failure.getMessage();
        if (failure instanceof java.nio.file.NoSuchFileException) {
            return "no such file: " + message;
        }
        if (message == null || message.isBlank()) {
            return "unexpected " + failure.getClass().getSimpleName() + " (--verbose prints the stack trace)";
        }
        String oneLine = message.strip().replaceAll("\\s*\\R\\s*", " ");
        boolean ours = failure instanceof CommandException
                || failure instanceof BrokerException
                || failure instanceof DeviceMissingException
                || failure instanceof java.io.IOException
                || failure instanceof IllegalArgumentException;
        return ours
                ? oneLine
                : failure.getClass().getSimpleName() + ": " + oneLine + " (--verbose prints the stack trace)";
    }

    private static int wrongUsage(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        err.println(line.getColorScheme().errorText("keyspike: " + Printable.text(String.valueOf(wrong.getMessage()))));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        }
        err.flush();
        return ExitCode.USAGE;
    }

    private static Map<String, String> exitCodes() {
        var codes = new LinkedHashMap<String, String>();
        codes.put(" " + ExitCode.OK, "success");
        codes.put(" " + ExitCode.FAILED, "failure, such as a missed word or an invalid model");
        codes.put(" " + ExitCode.USAGE, "invalid command line");
        codes.put(" " + ExitCode.ENVIRONMENT, "something required is missing, such as a microphone or a broker");
        codes.put(String.valueOf(ExitCode.INTERRUPTED), "interrupted with Ctrl-C");
        return codes;
    }

    /** The version of the jar; "development" when run from classes. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"keyspike " + (version == null ? "development" : version), "Java " + Runtime.version()
            };
        }
    }
}
