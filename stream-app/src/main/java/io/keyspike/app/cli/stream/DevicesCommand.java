package io.keyspike.app.cli.stream;

import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.SensitivityOptions;
import io.keyspike.app.cluster.DeviceConfig;
import io.keyspike.app.cluster.DeviceConfigs;
import io.keyspike.app.cluster.PublishedModels;
import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.description.Spelling;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code devices}: shows and changes the settings of devices and groups of a cluster. */
@Command(
        name = "devices",
        description = {
            "Manages settings of devices and groups: the model they use, and how readily words are reported."
                    + " Running services of the cluster apply changes immediately.",
            "",
            "DEVICE is a device id, or group:NAME for a group. Settings missing from a device are taken from its group,"
                    + " and those missing from the group come from the active model."
        },
        subcommands = {
            DevicesCommand.ListDevices.class,
            DevicesCommand.Show.class,
            DevicesCommand.Set.class,
            DevicesCommand.Unset.class
        })
public final class DevicesCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expected a command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    /** What all subcommands share. */
    abstract static class Sub implements Callable<Integer> {
        @Mixin
        private KafkaOptions kafka = new KafkaOptions();

        @Spec
        @SuppressWarnings("NullAway.Init") // injected by picocli
        private CommandSpec spec;

        Map<String, String> settings() {
            return kafka.clientSettings("devices");
        }

        /** Prints a device and its settings on one line. */
        void print(String device, DeviceConfig config) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(Printable.line(device) + " " + config.toJson());
            out.flush();
        }

        /** Changes the settings and prints the result. */
        int change(String device, UnaryOperator<DeviceConfig> change) {
            Map<String, String> settings = settings();
            DeviceConfigs.createTopic(settings);
            try {
                print(device, new DeviceConfigs(settings).change(device, change));
            } catch (IllegalArgumentException e) {
                throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Lists all settings, one line per device or group.")
    static final class ListDevices extends Sub {
        @Override
        public Integer call() {
            new DeviceConfigs(settings()).list().forEach(this::print);
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "Prints the settings of a device or group; exits with 1 if it has none.")
    static final class Show extends Sub {
        @Parameters(paramLabel = "DEVICE", description = "A device id or group:NAME.")
        private String device = "";

        @Override
        public Integer call() {
            Map<String, DeviceConfig> all = new DeviceConfigs(settings()).list();
            DeviceConfig config = all.get(device);
            if (config == null) {
                throw new CommandException(
                        ExitCode.FAILED, device + " has no settings of its own" + Spelling.hint(device, all.keySet()));
            }
            print(device, config);
            return ExitCode.OK;
        }
    }

    @Command(name = "set", description = "Changes the given settings and leaves the others as they are.")
    static final class Set extends Sub {
        @Parameters(paramLabel = "DEVICE", description = "A device id or group:NAME.")
        private String device = "";

        @Option(names = "--group", paramLabel = "NAME", description = "Put the device into a group.")
        private @Nullable String group;

        @Option(
                names = "--model",
                paramLabel = "MODEL",
                description = "Pin to a published model: a version, or a name for its most recently published version.")
        private @Nullable String model;

        @Mixin
        private SensitivityOptions sensitivity = new SensitivityOptions();

        @Override
        public Integer call() {
            Sensitivity asked = sensitivity.get();
            if (group == null && model == null && asked.isNone()) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "devices set: expected --group, --model, --sensitivity or --threshold, found none of them");
            }
            String version = model == null ? null : version(model);
            return change(device, before -> {
                var merged = new TreeMap<>(before.thresholds());
                merged.putAll(asked.thresholds());
                Double rate = asked.falseAlarmsPerHour();
                return new DeviceConfig(
                        group != null ? group : before.group(),
                        version != null ? version : before.model(),
                        rate != null ? rate : before.falseAlarmsPerHour(),
                        merged);
            });
        }

        private String version(String given) {
            try {
                return new PublishedModels(settings(), Backends.preferredSteps(), InstantSource.system())
                        .resolve(given);
            } catch (IllegalArgumentException e) {
                throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
            }
        }
    }

    @Command(name = "unset", description = "Removes the given settings, or all of them.")
    static final class Unset extends Sub {
        @Parameters(paramLabel = "DEVICE", description = "A device id or group:NAME.")
        private String device = "";

        @Option(names = "--group", description = "Remove the device from its group.")
        private boolean group;

        @Option(names = "--model", description = "Remove the pinned model.")
        private boolean model;

        @Option(
                names = {"--sensitivity", "--false-alarms-per-hour"},
                description = "Remove the rate of false alarms.")
        private boolean rate;

        @Option(names = "--threshold", paramLabel = "WORD", description = "Reset a word's threshold to the model's.")
        private List<String> words = new ArrayList<>();

        @Override
        public Integer call() {
            if (!group && !model && !rate && words.isEmpty()) {
                return change(device, before -> DeviceConfig.NONE);
            }
            return change(device, before -> {
                var left = new TreeMap<>(before.thresholds());
                left.keySet().removeAll(words);
                return new DeviceConfig(
                        group ? null : before.group(),
                        model ? null : before.model(),
                        rate ? null : before.falseAlarmsPerHour(),
                        left);
            });
        }
    }
}
