package io.keyspike.app.cli.stream;

import io.keyspike.app.cli.arguments.DurationArguments;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.service.ServiceConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that configure how a service shares work, treats gaps and silence, and starts and stops. */
final class ServiceOptions {

    @Option(
            names = "--application-id",
            paramLabel = "ID",
            defaultValue = ServiceConfig.DEFAULT_APPLICATION_ID,
            description = "Instances with the same id share the work (default: ${DEFAULT-VALUE}).")
    private String applicationId = ServiceConfig.DEFAULT_APPLICATION_ID;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Folder for local state (default: state in --home).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path stateDir;

    @Option(names = "--threads", paramLabel = "N", description = "Stream threads (default: one per core).")
    private @Nullable Integer threads;

    @Option(
            names = "--guarantee",
            paramLabel = "exactly_once|at_least_once",
            defaultValue = "EXACTLY_ONCE",
            description =
                    "Processing guarantee; with at_least_once a crash may duplicate events (default: exactly_once).")
    private ServiceConfig.Guarantee guarantee = ServiceConfig.Guarantee.EXACTLY_ONCE;

    @Option(
            names = "--rebalance",
            paramLabel = "classic|streams",
            defaultValue = "CLASSIC",
            description =
                    "Rebalance protocol: classic (client-side) or streams (broker-side, KIP-1071; default: classic).")
    private ServiceConfig.Rebalance rebalance = ServiceConfig.Rebalance.CLASSIC;

    @Option(
            names = "--standby-replicas",
            paramLabel = "N",
            description = "Standby copies of each device's state on other instances (default: "
                    + ServiceConfig.DEFAULT_STANDBY_REPLICAS + "; 0 on the broker in this process).")
    private @Nullable Integer standbyReplicas;

    @Mixin
    private GapOption gap = new GapOption();

    @Option(
            names = "--expire-after",
            paramLabel = "DURATION",
            converter = DurationArguments.class,
            description = "Forget a device that has been silent for this long: 30s, 90m, 12h, 7d (default: 7d).")
    private @Nullable Duration expireAfter;

    @Option(
            names = "--wait-for-broker",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for an unresponsive broker at startup (default: ${DEFAULT-VALUE}).")
    private int brokerWaitSeconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = {
                "Before joining, at most this long, run the whole service on made-up devices so that its code is compiled;"
                        + " 0 to skip it (default: "
                        + ServiceConfig.DEFAULT_WARM_UP_SECONDS
                        + ", while no device sends audio that no other instance processes;"
                        + " 0 on the broker in this process without --broker-dir and --broker-port)."
            })
    private @Nullable Integer warmUpSeconds;

    @Option(
            names = "--leave-on-stop",
            description =
                    "Leave the consumer group immediately on shutdown (default: keep the partitions for a restart).")
    private boolean leaveOnStop;

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description =
                    "Address at which other instances can query this one about its devices (default: the address it"
                            + " listens on).")
    private @Nullable String advertise;

    /** The folder given, or null if none was. */
    @Nullable
    Path stateDir() {
        return stateDir;
    }

    /** The address given, or null if none was. */
    @Nullable
    String advertise() {
        return advertise;
    }

    /** Whether to warm up whatever waits meanwhile. */
    boolean isWarmUpAsked() {
        return warmUpSeconds != null;
    }

    /**
     * The configuration without the state folder and the advertised address.
     *
     * @param alone whether no other instance can ever join
     * @param awaited whether devices may be waiting for the service to start
     * @throws CommandException if a value is invalid
     */
    ServiceConfig config(String servers, boolean alone, boolean awaited) {
        try {
            ServiceConfig config = ServiceConfig.at(servers)
                    .withApplicationId(applicationId)
                    .withGuarantee(guarantee)
                    .withRebalance(rebalance)
                    .withHearing(hearing())
                    .withBrokerWait(Duration.ofSeconds(Math.max(0, brokerWaitSeconds)))
                    .withLeaveOnClose(leaveOnStop);
            if (warmUpSeconds != null) {
                config = config.withWarmUp(Duration.ofSeconds(warmUpSeconds));
            } else if (!awaited) {
                config = config.withWarmUp(Duration.ZERO);
            }
            if (standbyReplicas != null) {
                config = config.withStandbyReplicas(standbyReplicas);
            } else if (alone) {
                config = config.withStandbyReplicas(0);
            }
            if (threads == null) {
                return config;
            }
            if (threads < 1) {
                throw new IllegalArgumentException("--threads: expected at least 1, found " + threads);
            }
            return config.withThreads(threads);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private HearingSettings hearing() {
        HearingSettings defaults = HearingSettings.DEFAULT;
        return new HearingSettings(gap.policy(), expireAfter == null ? defaults.expireAfter() : expireAfter);
    }
}
