package io.keyspike.app.cli.train;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KernelOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.kernels.backends.Devices;
import io.keyspike.trainer.parallel.HostAndPort;
import io.keyspike.trainer.parallel.WorkerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code train-worker}: a process that trainings on other machines can give parts of their batches to. */
@Command(
        name = "train-worker",
        description = {
            "Learns parts of the batches of a training that another process leads, until it is stopped: name its address in"
                    + " 'keyspike train --workers HOST:PORT'.",
            "It needs no data and no configuration; it gets weights and samples with each batch."
        })
public final class TrainWorkerCommand implements Callable<Integer> {
    private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9470",
            converter = AddressConverter.class,
            description =
                    "Address to listen on; 0.0.0.0 for all. Any but loopback requires a token (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private HostAndPort listen;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the token that trainings have to give (default: a random one, printed at startup, if the"
                            + " address can be reached from other machines; none on loopback).")
    @Input(Input.Kind.FILE)
    private @Nullable Path tokenFile;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (kernels.backend().equals(Devices.TORNADO)) {
            throw new CommandException(
                    ExitCode.USAGE, "--backend: expected vector or scalar, found " + Devices.TORNADO);
        }
        var address = new InetSocketAddress(listen.host(), listen.port());
        if (address.isUnresolved()) {
            throw new CommandException(
                    ExitCode.USAGE, "--listen: expected a host of this machine, found " + listen.host());
        }
        String token = tokenFile != null
                ? WorkerToken.read(tokenFile)
                : address.getAddress().isLoopbackAddress() ? null : WorkerServer.newToken();
        try (var server = WorkerServer.start(address, token, kernels.backend(), kernels.threads(), this::say);
                var running = new StopSignal()) {
            if (token != null && tokenFile == null) {
                say("token: " + token);
            }
            say("listening at " + new HostAndPort(listen.host(), server.port()) + " with " + kernels.threads()
                    + (kernels.threads() == 1 ? " thread" : " threads") + "; press Ctrl-C to stop");
            while (running.sleepUntil(System.nanoTime() + POLL_NANOS)) {
                // until Ctrl-C
            }
            say("stopping");
            return running.exitCode();
        }
    }

    private synchronized void say(String sentence) {
        spec.commandLine().getOut().println(Printable.line(sentence));
        spec.commandLine().getOut().flush();
    }

    /** For {@code --listen}. */
    static final class AddressConverter implements ITypeConverter<HostAndPort> {
        @Override
        public HostAndPort convert(String text) {
            try {
                return HostAndPort.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
