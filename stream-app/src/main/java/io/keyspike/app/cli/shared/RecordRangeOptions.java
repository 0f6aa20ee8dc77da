package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.TimeArguments;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --from}, {@code --to} and {@code --devices}: which records of a topic to read. */
public final class RecordRangeOptions {

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = TimeArguments.class,
            description = "Start at records of this time (default: the oldest).")
    private @Nullable Instant from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            converter = TimeArguments.class,
            description = "Stop before the records of this time (default: the newest at startup).")
    private @Nullable Instant to;

    @Option(
            names = "--devices",
            paramLabel = "ID",
            split = ",",
            description = "Device ids, comma-separated (default: all devices).")
    private Set<String> devices = new LinkedHashSet<>();

    /** Time of the first records to read; null for the oldest. */
    @Nullable
    public Instant from() {
        return from;
    }

    /** Time before which to stop; null for the newest. */
    @Nullable
    public Instant to() {
        return to;
    }

    /** Devices to read; empty for all. */
    public Set<String> devices() {
        return devices;
    }
}
