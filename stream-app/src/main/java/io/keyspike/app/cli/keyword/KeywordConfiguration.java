package io.keyspike.app.cli.keyword;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.keyspike.models.KeywordModel;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.config.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configuration of a keyword's training, as YAML: the template or that of a pre-trained body, with this keyword's data. */
final class KeywordConfiguration {

    /** Windows of an epoch, where there are several. */
    private static final int WINDOWS = 16_000;

    private static final int FEWEST_WINDOWS = 640;

    /** What two cores learn in a minute. */
    private static final double WINDOWS_PER_MINUTE = 38_400;

    /** Streams of a minute, out of which windows are cut, and which validation listens to. */
    private static final double STREAMS_PER_MINUTE = 30;

    private static final double JUDGED_PER_MINUTE = 12;

    /** Share of the streams that are composed anew before each epoch: with a tenth, the network learns the streams by heart. */
    private static final double REFRESHED = 0.5;

    /** Length that clips are cut to for counting how many are right. */
    private static final double CLIP_SECONDS = 3;

    /**
     * What is taken over from a pre-trained body. Not the streams that it learnt from, in which its many words are the keywords:
     * of one keyword there would be too much in them, and of other words nothing.
     */
    private static final List<String> SECTIONS =
            List.of("features", "network", "loss", "decision", "optimiser", "augmentation");

    private static final YAMLMapper YAML = YamlText.mapper()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    /** Share of a body's learning rate at which its training goes on. */
    private static final double CONTINUED_RATE = 0.3;

    private KeywordConfiguration() {}

    /**
     * Fills in the template.
     *
     * @param name of the model
     * @param examples folder of the spoken examples
     * @param minutes that training may take on two cores
     * @param body a model whose features, network and decision are taken over; null for the template's
     * @return YAML that {@link ConfigReader#parse} takes
     */
    static String of(
            String name,
            Phrase phrase,
            Path examples,
            OtherSounds others,
            double minutes,
            double falseAlarmsPerHour,
            @Nullable KeywordModel body)
            throws IOException {
        ObjectNode all = template();
        if (body != null) {
            String configuration = body.provenance().configuration();
            YamlText.check(configuration, body.version() + ": its configuration");
            JsonNode its = YAML.readTree(configuration);
            for (String section : SECTIONS) {
                if (its.hasNonNull(section)) {
                    all.set(section, its.get(section));
                }
            }
            unfoldNormalisation(all);
        }
        all.put("name", name);
        all.put("attribution", "Trained on synthetic speech and recordings of the user's own");
        child(all, "decision").put("rule", "each"); // what can be calibrated
        ObjectNode data = all.putObject("data");
        data.putArray("words").add(phrase.label());
        data.put("unknown", true);
        data.put("clip_seconds", CLIP_SECONDS);
        double windows = WINDOWS_PER_MINUTE * minutes;
        int epochs = (int) Math.max(1, Math.round(windows / WINDOWS));
        child(all, "training").put("epochs", epochs);
        ObjectNode streams = child(all, "streams");
        streams.put("enabled", true);
        ArrayNode words = streams.putArray("words");
        words.add(examples.toAbsolutePath().toString());
        others.words().forEach(folder -> words.add(folder.toAbsolutePath().toString()));
        paths(streams.putArray("speech"), others.speech());
        paths(streams.putArray("noise"), others.noise());
        paths(streams.putArray("rooms"), others.rooms());
        child(streams, "windows").put("per_epoch", (int) Math.clamp(windows, FEWEST_WINDOWS, WINDOWS));
        int bank = (int) Math.clamp(STREAMS_PER_MINUTE * minutes, 24, 240);
        child(streams, "bank").put("streams", bank).put("refreshed", (int) (REFRESHED * bank));
        int judged = (int) Math.clamp(JUDGED_PER_MINUTE * minutes, 16, 60);
        child(streams, "validation")
                .put("streams", judged)
                .put("speech_streams", judged)
                .put("false_alarms_per_hour", falseAlarmsPerHour);
        return YAML.writeValueAsString(all);
    }

    /** A finished model has its normalisation folded into weights and biases, which training goes on from in small steps. */
    private static void unfoldNormalisation(ObjectNode all) {
        for (JsonNode layer : all.path("network").path("layers")) {
            if (layer instanceof ObjectNode object && object.path("batch_norm").asBoolean()) {
                object.put("batch_norm", false).put("bias", true);
            }
        }
        ObjectNode optimiser = child(all, "optimiser");
        optimiser.put(
                "learning_rate",
                CONTINUED_RATE * optimiser.path("learning_rate").asDouble(1e-3));
    }

    /** The object of that name, made where there is none. */
    private static ObjectNode child(ObjectNode parent, String name) {
        return parent.get(name) instanceof ObjectNode there ? there : parent.putObject(name);
    }

    private static void paths(ArrayNode into, List<Path> folders) {
        folders.forEach(folder -> into.add(folder.toAbsolutePath().toString()));
    }

    private static ObjectNode template() throws IOException {
        try (InputStream in = KeywordConfiguration.class.getResourceAsStream("keyword.yaml")) {
            if (in == null) {
                throw new IllegalStateException("keyword.yaml is missing from the class path");
            }
            return (ObjectNode) YAML.readTree(in);
        }
    }
}
