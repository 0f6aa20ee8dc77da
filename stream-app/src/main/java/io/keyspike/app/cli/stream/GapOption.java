package io.keyspike.app.cli.stream;

import io.keyspike.app.kafka.device.GapPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --gap-bridge}: how gaps in a device's audio are treated. */
final class GapOption {

    @Option(
            names = "--gap-bridge",
            paramLabel = "MILLIS",
            description = "Longest gap in a device's audio to treat as silence; after a longer one the network starts"
                    + " from its initial state (default: 100).")
    private @Nullable Integer millis;

    /** @throws IllegalArgumentException if the length is invalid */
    GapPolicy policy() {
        return millis == null ? GapPolicy.DEFAULT : new GapPolicy(Duration.ofMillis(millis));
    }
}
