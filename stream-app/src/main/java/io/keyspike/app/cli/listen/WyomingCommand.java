package io.keyspike.app.cli.listen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.ActiveModelOptions;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.wyoming.WyomingServer;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyspike wyoming}: a wake word service for satellites that speak the Wyoming protocol. */
@Command(
        name = "wyoming",
        description = {
            "Detects wake words for Home Assistant satellites and other clients of the Wyoming protocol, until"
                    + " Ctrl-C.",
            "Every keyword of the model is a wake word. The protocol has neither authentication nor encryption: choose an"
                    + " address that only satellites can reach.%n"
        })
public final class WyomingCommand implements Callable<Integer> {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @Option(
            names = "--uri",
            paramLabel = "tcp://HOST:PORT",
            defaultValue = "tcp://127.0.0.1:10400",
            description = "Address to listen on; port 0 for any free port (default: ${DEFAULT-VALUE}).")
    private URI uri = URI.create("tcp://127.0.0.1:10400");

    @Mixin
    private ActiveModelOptions models = new ActiveModelOptions();

    @Option(
            names = "--language",
            paramLabel = "CODE",
            defaultValue = "en",
            description = "Language of the wake words reported to satellites (default: ${DEFAULT-VALUE}).")
    private String language = "en";

    @Option(
            names = "--max-satellites",
            paramLabel = "N",
            defaultValue = "256",
            description = "Maximum number of connected satellites; more are rejected (default: ${DEFAULT-VALUE}).")
    private int maximumSatellites;

    @Option(
            names = "--max-per-address",
            paramLabel = "N",
            defaultValue = "64",
            description = "Maximum number of connected satellites of one address; programs on this machine are not"
                    + " limited (default: ${DEFAULT-VALUE}).")
    private int maximumPerAddress;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var address = address();
        if (maximumSatellites < 1) {
            throw new CommandException(
                    ExitCode.USAGE, "--max-satellites: expected at least 1, found " + maximumSatellites);
        }
        if (maximumPerAddress < 1) {
            throw new CommandException(
                    ExitCode.USAGE, "--max-per-address: expected at least 1, found " + maximumPerAddress);
        }
        var defaults = WyomingServer.Settings.DEFAULT;
        try (var chosen = models.open(this::changed);
                var server = WyomingServer.start(
                        address,
                        chosen,
                        new WyomingServer.Settings(language, maximumSatellites, maximumPerAddress, defaults.patience()),
                        this::print);
                var running = new StopSignal()) {
            remark("listening at tcp://" + server.address().getAddress().getHostAddress() + ":"
                    + server.address().getPort() + " with "
                    + chosen.get().model().version() + ": "
                    + String.join(
                            ", ", chosen.get().model().decision().thresholds().keySet()) + "; press Ctrl-C to stop");
            if (!server.address().getAddress().isLoopbackAddress()) {
                remark("anyone who can reach this address can connect: the protocol has no authentication");
            }
            while (running.sleepUntil(System.nanoTime() + POLL_NANOS)) {
                // until Ctrl-C
            }
            remark("stopping");
            return running.exitCode();
        }
    }

    private InetSocketAddress address() {
        boolean valid = "tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() >= 0;
        var address = valid ? new InetSocketAddress(uri.getHost(), uri.getPort()) : null;
        if (address == null || address.isUnresolved()) {
            throw new CommandException(ExitCode.USAGE, "--uri: expected tcp://HOST:PORT, found " + uri);
        }
        return address;
    }

    private void changed(ModelRegistry.Event event) {
        switch (event) {
            case ModelRegistry.Event.Swapped swapped -> {
                if (!swapped.fromVersion().isEmpty()) {
                    remark("switched to " + swapped.toVersion());
                }
            }
            case ModelRegistry.Event.Refused refused -> remark("model refused: " + refused.reason());
        }
    }

    private synchronized void print(String client, Detection detection, String version) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            var mapper = new ObjectMapper();
            try {
                out.println(mapper.writeValueAsString(mapper.createObjectNode()
                        .put("time", Instant.now().toString())
                        .put("satellite", client)
                        .put("keyword", detection.keyword())
                        .put("score", detection.score())
                        .put("model", version)));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "%s  %-24s %-12s %.2f  (%s)",
                    Instant.now(),
                    client,
                    Printable.line(detection.keyword()),
                    detection.score(),
                    version));
        }
        out.flush();
    }

    private void remark(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(Printable.line(sentence));
        err.flush();
    }
}
