package io.keyspike.app.cli.shared;

import io.keyspike.monitoring.OtlpExport;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that export a command's meters over OTLP. */
public final class MeterOptions {

    @Option(
            names = "--otlp-endpoint",
            paramLabel = "URL",
            description = "Address of an OpenTelemetry collector to export metrics to as well.")
    private @Nullable String endpoint;

    @Option(
            names = "--otlp-interval",
            paramLabel = "SECONDS",
            description = "Interval between exports to the collector (default: 15).")
    private @Nullable Long intervalSeconds;

    /** The export requested, or null for none. @throws CommandException if the options are invalid */
    @Nullable
    public OtlpExport otlp() {
        if (endpoint == null) {
            if (intervalSeconds != null) {
                throw new CommandException(ExitCode.USAGE, "--otlp-interval requires --otlp-endpoint URL");
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
