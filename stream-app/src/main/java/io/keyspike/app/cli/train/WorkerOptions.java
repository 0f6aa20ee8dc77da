package io.keyspike.app.cli.train;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.loop.Crew;
import io.keyspike.trainer.loop.TrainingListener;
import io.keyspike.trainer.parallel.HostAndPort;
import io.keyspike.trainer.parallel.WorkerCrew;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that share a training between several processes. */
public final class WorkerOptions {

    private static final int MOST_LOCAL = 64;
    private static final long LONGEST_SECONDS = 86_400;

    @Option(
            names = "--workers",
            paramLabel = "N|HOST:PORT,...",
            converter = Places.Converter.class,
            description = {
                "Processes to share each batch between: a number of them on this machine, this one included, or addresses where"
                        + " 'keyspike train-worker' runs, or both, separated by commas. The model is bit-identical to that of one"
                        + " process."
            })
    private @Nullable Places places;

    @Option(
            names = "--worker-token-file",
            paramLabel = "FILE",
            description = "File with the token of the workers given by address (see train-worker --token-file).")
    @Input(Input.Kind.FILE)
    private @Nullable Path tokenFile;

    @Option(
            names = "--worker-timeout",
            paramLabel = "SECONDS",
            description =
                    "How long to wait for a worker after this process has done its own part of a batch; then its part"
                            + " is done by the others (default: ${DEFAULT-VALUE}).")
    private double timeoutSeconds = 60;

    /**
     * Where the processes are.
     *
     * @param here on this machine, this one included
     */
    record Places(int here, List<HostAndPort> elsewhere) {

        static final class Converter implements ITypeConverter<Places> {
            @Override
            public Places convert(String text) {
                int here = 0;
                var elsewhere = new ArrayList<HostAndPort>();
                for (String part : text.split(",", -1)) {
                    if (part.matches("\\d{1,4}")) {
                        int count = Integer.parseInt(part);
                        if (here > 0 || count < 1 || count > MOST_LOCAL) {
                            throw new TypeConversionException("expected one number of processes, from 1 to "
                                    + MOST_LOCAL + ", found '" + text + "'");
                        }
                        here = count;
                    } else {
                        elsewhere.add(address(text, part));
                    }
                }
                return new Places(Math.max(1, here), List.copyOf(elsewhere));
            }

            private static HostAndPort address(String text, String part) {
                try {
                    return HostAndPort.of(part);
                } catch (IllegalArgumentException e) {
                    throw new TypeConversionException(
                            "expected a number of processes, HOST:PORT, or several with commas, found '" + text + "'");
                }
            }
        }
    }

    /**
     * Starts and greets the workers.
     *
     * @param config refused before anything is started, if its batches cannot be taken apart
     * @return null if there is this process alone
     * @throws CommandException with {@link ExitCode#ENVIRONMENT}, if a worker does not start or cannot be reached
     * @throws IOException with one sentence, if the token cannot be read
     */
    @Nullable
    WorkerCrew open(TrainingConfig config, KernelOptions kernels, TrainingListener listener) throws IOException {
        if (!(timeoutSeconds > 0 && timeoutSeconds <= LONGEST_SECONDS)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--worker-timeout: expected above 0 and at most " + LONGEST_SECONDS + " seconds, found "
                            + timeoutSeconds);
        }
        Places asked = places;
        if (asked == null || (asked.here() == 1 && asked.elsewhere().isEmpty())) {
            return null;
        }
        Crew.requireParts(config, kernels.backend());
        var plan = new WorkerCrew.Plan(
                asked.here(),
                asked.elsewhere(),
                tokenFile == null ? null : WorkerToken.read(tokenFile),
                kernels.backend(),
                kernels.threads(),
                Duration.ofMillis(Math.max(1, Math.round(timeoutSeconds * 1_000))));
        try {
            return WorkerCrew.open(plan, listener);
        } catch (IOException e) {
            throw new CommandException(ExitCode.ENVIRONMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
