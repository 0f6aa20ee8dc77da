package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.decision.DecisionSettings.IsolatedWord;
import io.keyspike.models.decision.KeywordDecision;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decision settings, chip profiles, labels and provenance as model files hold them. */
public final class SettingsJson {

    private SettingsJson() {}

    static JsonNode write(DecisionSettings d) {
        ObjectNode thresholds = Json.object();
        d.thresholds().forEach((label, threshold) -> thresholds.set(label, Json.number(threshold)));
        ObjectNode o = Json.object().put("smoothingSeconds", d.smoothingSeconds());
        o.set("scale", Json.number(d.scale()));
        o.set("thresholds", thresholds);
        o.put("confirmSeconds", d.confirmSeconds())
                .put("refractorySeconds", d.refractorySeconds())
                .put("warmUpSeconds", d.warmUpSeconds());
        o.set("gate", write(d.gate()));
        ObjectNode clip = o.putObject("clip")
                .put("rule", Json.choice(d.clip().rule()))
                .put("seconds", d.clip().seconds());
        // Only the rule that needs it has it, as files of before that rule do.
        if (d.clip().rule() == ClipRule.PEAK) {
            clip.put("threshold", d.clip().threshold());
        }
        // Left out where they say nothing, as files of before these fields have it.
        if (d.rule() != DecisionRule.BEST) {
            o.put("rule", Json.choice(d.rule()));
        }
        if (d.release() != DecisionSettings.NO_HYSTERESIS) {
            o.set("release", Json.number(d.release()));
        }
        if (!d.keywords().isEmpty()) {
            ObjectNode keywords = o.putObject("keywords");
            d.keywords().forEach((label, keyword) -> keywords.set(label, write(keyword)));
        }
        return o;
    }

    private static JsonNode write(KeywordDecision keyword) {
        ObjectNode o = Json.object();
        putSeconds(o, "smoothingSeconds", keyword.smoothingSeconds());
        putSeconds(o, "confirmSeconds", keyword.confirmSeconds());
        putSeconds(o, "refractorySeconds", keyword.refractorySeconds());
        Float release = keyword.release();
        if (release != null) {
            o.set("release", Json.number(release));
        }
        Boolean gate = keyword.gate();
        if (gate != null) {
            o.put("gate", gate);
        }
        return o;
    }

    private static void putSeconds(ObjectNode o, String name, @Nullable Double seconds) {
        if (seconds != null) {
            o.put(name, seconds);
        }
    }

    /**
     * Reads decision settings; a gate that is JSON's null stands for none. {@code rule} is {@code best} where it is left out,
     * {@code release} 1, and {@code keywords} empty.
     *
     * @param f fields of the whole object; ended here
     * @return the settings
     * @throws IllegalArgumentException if a field is missing, unknown or out of range
     */
    public static DecisionSettings readDecision(JsonFields f) {
        var decision = new DecisionSettings(
                f.real("smoothingSeconds"),
                f.real32("scale"),
                f.reals32ByName("thresholds"),
                f.real("confirmSeconds"),
                f.real("refractorySeconds"),
                f.real("warmUpSeconds"),
                readGate(f.optionalObject("gate")),
                readClip(f.object("clip")),
                f.choice("rule", DecisionRule.class, DecisionRule.BEST),
                f.has("release") ? f.real32("release") : DecisionSettings.NO_HYSTERESIS,
                f.has("keywords") ? readKeywords(f.object("keywords")) : Map.of());
        f.end();
        return decision;
    }

    private static Map<String, KeywordDecision> readKeywords(JsonFields f) {
        var keywords = new TreeMap<String, KeywordDecision>();
        for (String label : f.names()) {
            JsonFields k = f.object(label);
            keywords.put(
                    label,
                    new KeywordDecision(
                            k.has("smoothingSeconds") ? k.real("smoothingSeconds") : null,
                            k.has("confirmSeconds") ? k.real("confirmSeconds") : null,
                            k.has("refractorySeconds") ? k.real("refractorySeconds") : null,
                            k.has("release") ? k.real32("release") : null,
                            k.has("gate") ? k.flag("gate") : null));
            k.end();
        }
        return keywords;
    }

    private static @Nullable JsonNode write(@Nullable ActivityGate gate) {
        if (gate == null) {
            return null;
        }
        ObjectNode o = Json.object()
                .put("marginDb", gate.marginDb())
                .put("floorRiseDbPerSecond", gate.floorRiseDbPerSecond())
                .put("hangoverSeconds", gate.hangoverSeconds())
                .put("minimumDb", gate.minimumDb());
        IsolatedWord isolated = gate.isolated();
        if (isolated != null) { // left out where there is none, as in files of before this field
            o.putObject("isolated")
                    .put("beforeSeconds", isolated.beforeSeconds())
                    .put("afterSeconds", isolated.afterSeconds())
                    .put("longestSeconds", isolated.longestSeconds());
        }
        return o;
    }

    private static @Nullable ActivityGate readGate(@Nullable JsonFields f) {
        if (f == null) {
            return null;
        }
        var gate = new ActivityGate(
                f.real("marginDb"),
                f.real("floorRiseDbPerSecond"),
                f.real("hangoverSeconds"),
                f.real("minimumDb"),
                f.has("isolated") ? readIsolated(f.object("isolated")) : null);
        f.end();
        return gate;
    }

    private static IsolatedWord readIsolated(JsonFields f) {
        var isolated = new IsolatedWord(f.real("beforeSeconds"), f.real("afterSeconds"), f.real("longestSeconds"));
        f.end();
        return isolated;
    }

    private static ClipDecision readClip(JsonFields f) {
        ClipRule rule = f.choice("rule", ClipRule.class);
        var clip = new ClipDecision(
                rule, f.real("seconds"), rule == ClipRule.PEAK ? f.real("threshold") : ClipDecision.EVEN);
        f.end();
        return clip;
    }

    /**
     * Reads labels.
     *
     * @param list a JSON list of texts
     * @return the labels, in the order of the network's outputs
     * @throws IllegalArgumentException if it is not a list of texts
     */
    public static List<String> readLabels(JsonNode list) {
        ObjectNode o = Json.object();
        o.set("labels", list);
        return new JsonFields(o, "metadata").texts("labels");
    }

    static JsonNode write(ChipPower chip) {
        ObjectNode o = Json.object()
                .put("name", chip.name())
                .put("staticWattsPerNeuron", chip.staticWattsPerNeuron())
                .put("joulesPerSpike", chip.joulesPerSpike());
        // Left out where it is 0, as files of before that constant have it.
        if (chip.joulesPerSynapticOperation() != 0) {
            o.put("joulesPerSynapticOperation", chip.joulesPerSynapticOperation());
        }
        return o;
    }

    /**
     * Reads the constants of a chip; the energy of a synaptic operation is 0 where it is left out.
     *
     * @param f fields of the whole object; ended here
     * @return the constants
     * @throws IllegalArgumentException if a field is missing, unknown or out of range
     */
    public static ChipPower readChip(JsonFields f) {
        var chip = new ChipPower(
                f.text("name"),
                f.real("staticWattsPerNeuron"),
                f.real("joulesPerSpike"),
                f.has("joulesPerSynapticOperation") ? f.real("joulesPerSynapticOperation") : 0);
        f.end();
        return chip;
    }

    static JsonNode write(Provenance p) {
        ObjectNode metrics = Json.object();
        p.metrics().forEach(metrics::put);
        ObjectNode o = Json.object()
                .put("dataSet", p.dataSet())
                .put("dataHash", p.dataHash())
                .put("seed", p.seed())
                .put("configuration", p.configuration())
                .put("codeVersion", p.codeVersion())
                .put("javaVersion", p.javaVersion())
                .put("architecture", p.architecture())
                .put("backend", p.backend());
        o.set("metrics", metrics);
        return o.put("attribution", p.attribution()).put("trainedAt", p.trainedAt());
    }

    /**
     * Reads where a model comes from.
     *
     * @param f fields of the whole object; ended here
     * @return the provenance
     * @throws IllegalArgumentException if a field is missing or unknown, or a metric is not finite
     */
    public static Provenance readProvenance(JsonFields f) {
        var provenance = new Provenance(
                f.text("dataSet"),
                f.text("dataHash"),
                f.integer64("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                f.text("configuration"),
                f.text("codeVersion"),
                f.text("javaVersion"),
                f.text("architecture"),
                f.text("backend"),
                f.realsByName("metrics"),
                f.text("attribution"),
                f.text("trainedAt"));
        f.end();
        return provenance;
    }
}
