package io.keyspike.trainer.chip;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.keyspike.kernels.TimeConstants;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.LeakRule;
import io.keyspike.models.json.Json;
import io.keyspike.models.network.Node;
import io.keyspike.trainer.config.ConfigException;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.TrainingConfig;
import io.keyspike.trainer.config.YamlText;

/** How a model that was trained without a chip in mind is trained on until it fits one. */
public final class ChipFit {

    /** YAML without truth values for the commonest words of the data set, as {@link ConfigReader} has it. */
    private static final ObjectMapper YAML = YamlText.mapper()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    /** Share of the original learning rate that fine-tuning uses. */
    private static final double RATE = 0.4;

    /** Share of the run in which weights that oppose their group fade. */
    private static final double FADED_AT = 0.4;

    private ChipFit() {}

    /**
     * The model's own configuration, turned to a chip: its neurons are the chip's, its time constants the nearest that the
     * chip has.
     *
     * @param profileName under which the configuration will find the profile again
     * @param epochs of fine-tuning
     * @throws ConfigException if the model does not say how it was trained, or no weights could make it fit
     */
    public static TrainingConfig configuration(
            KeywordModel model, ChipProfile profile, String profileName, int epochs) {
        String text = model.provenance().configuration();
        if (text.isBlank()) {
            throw new ConfigException(
                    "chip fit: expected a model that carries its training configuration, found none in "
                            + model.version());
        }
        ObjectNode tree = tree(text);
        double step = model.network().graph().stepSeconds();
        for (JsonNode layer : tree.withObject("network").withArray("layers")) {
            neuron(layer.get("name").asText(), (ObjectNode) layer.get("neuron"), model, profile, step);
        }
        tree.withObject("training").put("epochs", epochs).put("select", "last");
        ObjectNode optimiser = tree.withObject("optimiser");
        optimiser.put("learning_rate", RATE * optimiser.get("learning_rate").asDouble());
        optimiser.withObject("schedule").put("kind", "cosine");
        ObjectNode chip = tree.putObject("chip");
        chip.put("profile", profileName);
        chip.putArray("anneal").add(0.0).add(FADED_AT);
        try {
            return ConfigReader.parse(YAML.writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode tree(String text) {
        YamlText.check(text, "chip fit: the model's configuration");
        try {
            if (YAML.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new ConfigException(
                    "chip fit: expected the model's configuration to be YAML, found " + e.getOriginalMessage());
        }
        throw new ConfigException(
                "chip fit: expected the model's configuration to be keys and values, found something else");
    }

    private static void neuron(String layer, ObjectNode neuron, KeywordModel model, ChipProfile profile, double step) {
        String kind = neuron.get("kind").asText();
        if (!kind.equalsIgnoreCase("lif") && !kind.equalsIgnoreCase("hardware")) {
            throw new ConfigException("chip fit: expected integrate-and-fire neurons in layer " + layer
                    + ", as the chip has no others, found kind " + kind);
        }
        Float floor = profile.neuron().membraneFloor();
        if (floor != null && floor != 0) {
            throw new ConfigException(
                    "chip fit: expected a profile with a membrane floor of 0 or none, found " + floor);
        }
        neuron.put("kind", floor == null ? "lif" : "hardware");
        neuron.put("reset", Json.choice(profile.neuron().reset()));
        neuron.put("threshold", profile.neuron().threshold());
        neuron.put("learn_threshold", false);
        if (profile.neuron().leak() instanceof LeakRule.Choices choices) {
            neuron.put("tau_millis", nearestMillis(choices, decayOf(model, layer), step));
            neuron.put("learn_decay", false);
        } else if (profile.neuron().leak() instanceof LeakRule.Shifts shifts) {
            float decay = shifts.nearest(decayOf(model, layer), step);
            neuron.put("tau_millis", -1_000 * step / Math.log(decay));
            neuron.put("learn_decay", false);
        }
    }

    /** Of the layer's first neuron: layers are made with one time constant. */
    private static float decayOf(KeywordModel model, String layer) {
        for (Node node : model.network().graph().nodes()) {
            if (node.name().equals(layer)) {
                return model.network().tensor(node, "decay").values()[0];
            }
        }
        throw new ConfigException("chip fit: expected a layer " + layer + " in the model, found none");
    }

    private static double nearestMillis(LeakRule.Choices choices, float decay, double step) {
        float nearest = choices.nearest(decay, step);
        for (double millis : choices.millis()) {
            if ((float) TimeConstants.decay(step, millis / 1_000) == nearest) {
                return millis;
            }
        }
        throw new IllegalStateException("a permitted decay is that of a permitted time constant");
    }
}
