package io.keyspike.app.cli.shared;

import io.keyspike.monitoring.OtlpExport;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command's meters go, beside its own address. */
public final class MeterOptions {

    @Option(
            names = "--otlp-endpoint",
            paramLabel = "URL",
            description = "Also send the meters to an OpenTelemetry collector, such as http://localhost:4318.")
    private @Nullable String endpoint;

    @Option(
            names = "--otlp-interval",
            paramLabel = "SECONDS",
            description = "Interval between exports to the collector (default: 15).")
    private @Nullable Long intervalSeconds;

    /** What was asked for, or null. @throws CommandException if it cannot be */
    @Nullable
    public OtlpExport otlp() {
        if (endpoint == null) {
            if (intervalSeconds != null) {
                throw new CommandException(ExitCode.USAGE, "--otlp-interval needs --otlp-endpoint URL");
            }
            return null;
        }
        try {
            return new OtlpExport(
                    new URI(endpoint),
                    intervalSeconds == null ? OtlpExport.DEFAULT_INTERVAL : Duration.ofSeconds(intervalSeconds));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }
}
