package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.audio.features.AdaptiveGain;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Normaliser;
import io.keyspike.audio.features.Pcen;
import org.jspecify.annotations.Nullable;

/** Feature specs as model files hold them; the limits keep a file from asking for absurd amounts of work or memory. */
public final class FeatureSpecJson {

    private static final String LOG_MEL = "log-mel";
    private static final int MAXIMUM_RATE_HZ = 384_000;
    private static final int MAXIMUM_CHANNELS = 1_024;
    private static final int MAXIMUM_SAMPLES = 1 << 16;
    private static final int MAXIMUM_FRAMES = 1_024;

    private FeatureSpecJson() {}

    /**
     * {@return a feature spec as an object: its {@code kind}, then its fields; null stands for no gain and no normaliser,
     * a missing {@code pcen} for the logarithm}
     *
     * @param spec of a filterbank or of log-mel features
     */
    public static JsonNode write(FeatureSpec spec) {
        return switch (spec) {
            case FilterbankSpec f -> {
                ObjectNode o = Json.object()
                        .put("kind", f.kind())
                        .put("sampleRateHz", f.sampleRateHz())
                        .put("filters", f.filters())
                        .put("firstCentreHz", f.firstCentreHz())
                        .put("lastCentreHz", f.lastCentreHz())
                        .put("centreLimit", f.centreLimit())
                        .put("design", Json.choice(f.design()))
                        .put("q", f.q())
                        .put("rectifier", Json.choice(f.rectifier()))
                        .put("integration", Json.choice(f.integration()))
                        .put("binSamples", f.binSamples())
                        .put("compression", Json.choice(f.compression()));
                o.set("adaptiveGain", write(f.adaptiveGain()));
                o.set("normaliser", write(f.normaliser()));
                yield o;
            }
            case LogMelSpec m -> {
                ObjectNode o = Json.object()
                        .put("kind", m.kind())
                        .put("sampleRateHz", m.sampleRateHz())
                        .put("windowSamples", m.windowSamples())
                        .put("fftSize", m.fftSize())
                        .put("hopSamples", m.hopSamples())
                        .put("bands", m.bands())
                        .put("lowHz", m.lowHz())
                        .put("highHz", m.highHz())
                        .put("melScale", Json.choice(m.melScale()))
                        .put("areaNormalised", m.areaNormalised())
                        .put("logFloor", m.logFloor());
                Pcen pcen = m.pcen();
                if (pcen != null) { // no field without it: files and versions of models stay as they were
                    o.set("pcen", write(pcen));
                }
                o.put("contextFrames", m.contextFrames()).put("strideFrames", m.strideFrames());
                o.set("normaliser", write(m.normaliser()));
                yield o;
            }
        };
    }

    static FeatureSpec read(String kind, JsonFields fields) {
        return switch (kind) {
            case "filterbank" -> readFilterbank(fields);
            case LOG_MEL -> readLogMel(fields);
            default ->
                throw new IllegalArgumentException(
                        "features: expected kind filterbank, log-mel, clip-log-mel, events or image, found " + kind);
        };
    }

    private static FilterbankSpec readFilterbank(JsonFields f) {
        return new FilterbankSpec(
                f.integer("sampleRateHz", 1, MAXIMUM_RATE_HZ),
                f.integer("filters", 2, MAXIMUM_CHANNELS),
                f.real("firstCentreHz"),
                f.real("lastCentreHz"),
                f.real("centreLimit"),
                f.choice("design", FilterbankSpec.Design.class),
                f.real("q"),
                f.choice("rectifier", FilterbankSpec.Rectifier.class),
                f.choice("integration", FilterbankSpec.Integration.class),
                f.integer("binSamples", 1, MAXIMUM_SAMPLES),
                f.choice("compression", FilterbankSpec.Compression.class),
                readGain(f.optionalObject("adaptiveGain")),
                readNormaliser(f.optionalObject("normaliser")));
    }

    private static LogMelSpec readLogMel(JsonFields f) {
        return new LogMelSpec(
                f.integer("sampleRateHz", 1, MAXIMUM_RATE_HZ),
                f.integer("windowSamples", 1, MAXIMUM_SAMPLES),
                f.integer("fftSize", 1, MAXIMUM_SAMPLES),
                f.integer("hopSamples", 1, MAXIMUM_SAMPLES),
                f.integer("bands", 1, MAXIMUM_CHANNELS),
                f.real("lowHz"),
                f.real("highHz"),
                f.choice("melScale", LogMelSpec.MelScale.class),
                f.flag("areaNormalised"),
                f.real("logFloor"),
                f.has("pcen") ? readPcen(f.object("pcen")) : null,
                f.integer("contextFrames", 1, MAXIMUM_FRAMES),
                f.integer("strideFrames", 1, MAXIMUM_FRAMES),
                readNormaliser(f.optionalObject("normaliser")));
    }

    private static JsonNode write(Pcen pcen) {
        return Json.object()
                .put("timeConstantSeconds", pcen.timeConstantSeconds())
                .put("alpha", pcen.alpha())
                .put("delta", pcen.delta())
                .put("r", pcen.r())
                .put("epsilon", pcen.epsilon());
    }

    private static Pcen readPcen(JsonFields f) {
        var pcen = new Pcen(
                f.real("timeConstantSeconds"), f.real("alpha"), f.real("delta"), f.real("r"), f.real("epsilon"));
        f.end();
        return pcen;
    }

    private static @Nullable JsonNode write(@Nullable AdaptiveGain gain) {
        if (gain == null) {
            return null;
        }
        ObjectNode o = Json.object().put("kind", Json.choice(gain.kind())).put("tauSeconds", gain.tauSeconds());
        o.set("target", Json.number(gain.target()));
        o.set("maximumGain", Json.number(gain.maximumGain()));
        return o;
    }

    private static @Nullable AdaptiveGain readGain(@Nullable JsonFields f) {
        if (f == null) {
            return null;
        }
        var gain = new AdaptiveGain(
                f.choice("kind", AdaptiveGain.Kind.class),
                f.real("tauSeconds"),
                f.real32("target"),
                f.real32("maximumGain"));
        f.end();
        return gain;
    }

    private static @Nullable JsonNode write(@Nullable Normaliser normaliser) {
        if (normaliser == null) {
            return null;
        }
        ObjectNode o = Json.object();
        o.set("mean", Json.numbers(normaliser.mean()));
        o.set("deviation", Json.numbers(normaliser.deviation()));
        o.set("gain", Json.number(normaliser.gain()));
        o.set("offset", Json.number(normaliser.offset()));
        o.put("rectified", normaliser.rectified());
        return o;
    }

    private static @Nullable Normaliser readNormaliser(@Nullable JsonFields f) {
        if (f == null) {
            return null;
        }
        var normaliser = new Normaliser(
                f.reals32("mean"), f.reals32("deviation"), f.real32("gain"), f.real32("offset"), f.flag("rectified"));
        f.end();
        return normaliser;
    }
}
