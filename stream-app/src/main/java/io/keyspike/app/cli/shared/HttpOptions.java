package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.monitoring.http.Access;
import io.keyspike.monitoring.http.HttpService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that configure a command's HTTP service: address, port and access token. */
public final class HttpOptions {

    private static final int HIGHEST_PORT = 65_535;

    @Option(
            names = {"--http-host", "--metrics-host"},
            paramLabel = "HOST",
            defaultValue = HttpService.DEFAULT_HOST,
            description = "Address to serve the live page and metrics on; 0.0.0.0 for all. Any but loopback requires"
                    + " a token (default: ${DEFAULT-VALUE}).")
    private String host = HttpService.DEFAULT_HOST;

    @Option(
            names = {"--http-port", "--metrics-port"},
            paramLabel = "PORT",
            description = "Port of the live page and metrics (default: any free port).")
    private @Nullable Integer port;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the access token (default: a random one, printed at startup, if the address can"
                    + " be reached from other machines; none on loopback).")
    @Input(Input.Kind.FILE)
    private @Nullable Path tokenFile;

    public String host() {
        return host;
    }

    /** The port; 0 for any free one. @throws CommandException with {@link ExitCode#USAGE}, if it is out of range */
    public int port() {
        if (port == null) {
            return 0;
        }
        if (port < 0 || port > HIGHEST_PORT) {
            throw new CommandException(
                    ExitCode.USAGE, "--http-port: expected a port from 0 to " + HIGHEST_PORT + ", found " + port);
        }
        return port;
    }

    /**
     * The address at which other instances reach this one: the configured one, or this machine's own if listening on all.
     *
     * @throws IOException with one sentence, if the host is invalid or this machine's address is unknown
     */
    public String reachableAt(int listeningPort) throws IOException {
        InetAddress address = HttpService.address(host);
        if (address.isAnyLocalAddress()) {
            try {
                address = InetAddress.getLocalHost();
            } catch (UnknownHostException e) {
                throw new IOException(
                        "expected this machine's host name to resolve, found no address; set one with --advertise", e);
            }
        }
        String shown = address.getHostAddress();
        return (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + listeningPort;
    }

    /** Whether a port was given. */
    public boolean portGiven() {
        return port != null;
    }

    /** @throws IOException with one sentence, if the host is invalid or the token file cannot be used */
    public Access access() throws IOException {
        return tokenFile == null ? Access.to(HttpService.address(host)) : Access.byTokenIn(tokenFile);
    }
}
