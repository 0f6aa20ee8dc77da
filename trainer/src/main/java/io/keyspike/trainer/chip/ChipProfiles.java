package io.keyspike.trainer.chip;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.kernels.Reset;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.ChipProfile.FrontEnd;
import io.keyspike.models.chip.ChipProfile.Mismatch;
import io.keyspike.models.chip.ChipProfile.NeuronRules;
import io.keyspike.models.chip.ChipProfile.SynapseRules;
import io.keyspike.models.chip.LeakRule;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.ChipPower.Calibration;
import io.keyspike.models.description.Spelling;
import io.keyspike.models.json.JsonFields;
import io.keyspike.trainer.config.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chip profiles as YAML: those that come with Keyspike, by name, and anybody's own, by file. Read strictly: every key is
 * expected but those said to be optional in {@code h1.yaml} beside this class, and none beside them.
 */
public final class ChipProfiles {

    /** The profiles that come with Keyspike. */
    public static final List<String> SHIPPED = List.of("h1", "h1v2", "xylo-like");

    private static final ObjectMapper YAML = YamlText.mapper().build();

    private ChipProfiles() {}

    /**
     * @param nameOrFile a shipped profile's name, or a YAML file
     * @throws IllegalArgumentException if it is neither, or the file is not a valid profile; one sentence with what was
     *     expected and found
     * @throws IOException if the file cannot be read
     */
    public static ChipProfile named(String nameOrFile) throws IOException {
        if (SHIPPED.contains(nameOrFile)) {
            return shipped(nameOrFile);
        }
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("chip profile: expected one of " + SHIPPED + " or a YAML file, found '"
                    + nameOrFile + "'" + Spelling.hint(nameOrFile, SHIPPED));
        }
        try {
            return parse(YamlText.read(file, "chip profile"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static ChipProfile shipped(String name) {
        try (InputStream in = ChipProfiles.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name + ".yaml");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalArgumentException if the text is not a valid profile */
    public static ChipProfile parse(String yaml) {
        JsonFields f = new JsonFields(tree(yaml), "chip profile");
        String name = f.text("name");
        int inputs = f.integer("inputs", 1, 65_536);
        FrontEnd frontEnd = f.has("front_end") ? frontEnd(f.object("front_end")) : null;
        JsonFields power = f.object("power");
        JsonFields calibration = power.has("calibration") ? power.object("calibration") : null;
        Calibration measured = calibration == null ? null : measured(calibration);
        var profile = new ChipProfile(
                name,
                f.text("description").strip(),
                frontEnd,
                inputs,
                f.integers("cores"),
                f.flag("span_cores"),
                neuron(f.object("neuron")),
                synapse(f.object("synapse")),
                mismatch(f.object("mismatch")),
                power(name, power, calibration, measured),
                measured,
                assumed(f));
        f.end();
        return profile;
    }

    private static JsonNode tree(String yaml) {
        YamlText.check(yaml, "chip profile");
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new IllegalArgumentException(
                    "chip profile: expected YAML, found an error" + (at == null ? "" : " in line " + at.getLineNr())
                            + ": " + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }

    private static FrontEnd frontEnd(JsonFields f) {
        var frontEnd = new FrontEnd(f.integer("filters", 1, 65_536));
        f.end();
        return frontEnd;
    }

    private static NeuronRules neuron(JsonFields f) {
        var rules = new NeuronRules(
                f.real32("threshold"),
                f.choice("reset", Reset.class),
                f.has("membrane_floor") ? f.optionalReal32("membrane_floor") : null,
                leak(f));
        f.end();
        return rules;
    }

    private static LeakRule leak(JsonFields f) {
        if (f.has("shifts")) {
            return new LeakRule.Shifts(f.integers("shifts"));
        }
        JsonFields millis = f.object("tau_millis");
        LeakRule rule;
        if (millis.has("choices")) {
            rule = new LeakRule.Choices(reals(millis, "choices"));
        } else {
            List<Double> range = reals(millis, "range");
            if (range.size() != 2) {
                throw new IllegalArgumentException(
                        "chip profile: expected neuron.tau_millis.range to be [low, high], found " + range);
            }
            rule = new LeakRule.Range(range.get(0), range.get(1));
        }
        millis.end();
        return rule;
    }

    private static List<Double> reals(JsonFields f, String name) {
        return f.reals32(name).stream()
                .map(v -> Double.valueOf(Float.toString(v)))
                .toList();
    }

    private static SynapseRules synapse(JsonFields f) {
        var rules = new SynapseRules(
                f.real32("weight_limit"), f.integer("sign_group", 1, 65_536), f.integer("bits", 1, 64), f.flag("bias"));
        f.end();
        return rules;
    }

    private static Mismatch mismatch(JsonFields f) {
        var mismatch = new Mismatch(f.real("weight"), f.real("threshold"), f.real("leak"));
        f.end();
        return mismatch;
    }

    private static Calibration measured(JsonFields f) {
        return new Calibration(
                f.integer("neurons", 1, Integer.MAX_VALUE), f.real("spikes_per_second"), f.real("watts"));
    }

    private static ChipPower power(
            String name, JsonFields f, @Nullable JsonFields calibration, @Nullable Calibration measured) {
        ChipPower power;
        if (calibration != null && measured != null) {
            power = measured.constants(name, calibration.real("static_share"));
            calibration.end();
        } else {
            power = new ChipPower(
                    name,
                    f.real("static_watts_per_neuron"),
                    f.real("joules_per_spike"),
                    f.real("joules_per_synaptic_operation"));
        }
        f.end();
        return power;
    }

    private static Set<String> assumed(JsonFields f) {
        return new HashSet<>(f.texts("assumed"));
    }
}
