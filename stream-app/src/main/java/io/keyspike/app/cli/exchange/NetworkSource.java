package io.keyspike.app.cli.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.models.arrays.ArrayFiles;
import io.keyspike.models.exchange.NirToNetwork;
import io.keyspike.models.exchange.SnnTorchWeights;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.json.JsonFields;
import io.keyspike.models.network.Network;
import io.keyspike.models.nir.NirFiles;
import io.keyspike.models.nir.SimulationSettings;
import io.keyspike.models.rockpool.RockpoolFiles;
import io.keyspike.trainer.config.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a network comes from: our model file or name, a {@code .nir} file, Rockpool's JSON, or a state dictionary of snnTorch. */
final class NetworkSource {
    private static final double SNNTORCH_STEP = 1e-4;

    @Option(
            names = "--from-snntorch",
            paramLabel = "YAML",
            description = "The network is a state dictionary of snnTorch, of this architecture (see docs/exchange.md).")
    private @Nullable Path architecture;

    @Mixin
    private NirOptions nir = new NirOptions();

    @Mixin
    private ModelsOption models = new ModelsOption();

    static boolean isNir(String file) {
        return file.toLowerCase(Locale.ROOT).endsWith(".nir");
    }

    static boolean isRockpool(String file) {
        return file.toLowerCase(Locale.ROOT).endsWith(".json");
    }

    /** Whether it is a file that NIR's own arithmetic can run. */
    boolean isGraph(String file) {
        return architecture == null && isNir(file);
    }

    boolean isRockpoolFile(String file) {
        return architecture == null && isRockpool(file);
    }

    SimulationSettings settings() {
        return nir.settings();
    }

    ModelsOption models() {
        return models;
    }

    /**
     * Reads a network.
     *
     * @param from file or name of a model
     * @param stepSeconds the network's time step; null for its own
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it cannot be expressed as a network of ours
     */
    Network read(String from, @Nullable Double stepSeconds) throws IOException {
        if (architecture != null) {
            Double given = settings().stepSeconds();
            double own = settings().dialect().stepSeconds();
            double seconds =
                    stepSeconds != null ? stepSeconds : given != null ? given : Double.isNaN(own) ? SNNTORCH_STEP : own;
            return SnnTorchWeights.read(ArrayFiles.read(existing(Path.of(from))), yaml(architecture), seconds);
        }
        if (isNir(from)) {
            return NirToNetwork.convert(NirFiles.read(existing(Path.of(from))), settings(), stepSeconds);
        }
        return isRockpool(from)
                ? RockpoolFiles.read(existing(Path.of(from)))
                : ModelFiles.read(models.locator().fileOf(from)).network();
    }

    private static JsonFields yaml(Path file) throws IOException {
        try {
            JsonNode tree = YamlText.mapper().build().readTree(YamlText.read(existing(file), file.toString()));
            return new JsonFields(tree, file.toString());
        } catch (JsonProcessingException e) {
            String found = e.getOriginalMessage().lines().findFirst().orElse("nothing");
            throw new CommandException(ExitCode.USAGE, file + ": expected YAML, found " + found, e);
        }
    }

    static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CommandException(ExitCode.USAGE, "no such file: " + file);
        }
        return file;
    }
}
