package io.keyspike.models.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.audio.features.ClipLogMel;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.models.description.ModelInput;

/** The inputs of models as model files hold them, under the key {@code features}. */
public final class ModelInputJson {

    private static final String CLIP_LOG_MEL = "clip-log-mel";
    private static final String EVENTS = "events";
    private static final String IMAGE = "image";

    private ModelInputJson() {}

    static JsonNode write(ModelInput input) {
        return switch (input) {
            case ModelInput.Sound sound -> FeatureSpecJson.write(sound.features());
            case ModelInput.ClipSpectrogram clip -> {
                ObjectNode o = Json.object()
                        .put("kind", CLIP_LOG_MEL)
                        .put("padding", Json.choice(clip.padding()))
                        .put("frames", clip.frames());
                o.set("spectrum", FeatureSpecJson.write(clip.spectrum()));
                yield o;
            }
            case ModelInput.EventFrames events ->
                Json.object()
                        .put("kind", EVENTS)
                        .put("units", events.units())
                        .put("channels", events.channels())
                        .put("windowMicros", events.windowMicros())
                        .put("cropMicros", events.cropMicros());
            case ModelInput.Image image ->
                Json.object()
                        .put("kind", IMAGE)
                        .put("rows", image.rows())
                        .put("columns", image.columns())
                        .put("steps", image.steps())
                        .put("stepSeconds", image.stepSeconds());
        };
    }

    /**
     * Reads an input of any kind: a feature spec of sound, {@code clip-log-mel}, {@code events} or {@code image}.
     *
     * @param fields of the whole object, with its {@code kind}; ended here
     * @return the input
     * @throws IllegalArgumentException if the kind is unknown, or a field is missing, unknown or out of range
     */
    public static ModelInput read(JsonFields fields) {
        String kind = fields.text("kind");
        ModelInput input = switch (kind) {
            case CLIP_LOG_MEL ->
                new ModelInput.ClipSpectrogram(
                        readSpectrum(fields.object("spectrum")),
                        fields.choice("padding", ClipLogMel.Padding.class),
                        fields.integer("frames", 1, Integer.MAX_VALUE));
            case EVENTS ->
                new ModelInput.EventFrames(
                        fields.integer("units", 1, Integer.MAX_VALUE),
                        fields.integer("channels", 1, Integer.MAX_VALUE),
                        fields.integer("windowMicros", 1, Integer.MAX_VALUE),
                        fields.integer("cropMicros", 1, Integer.MAX_VALUE));
            case IMAGE ->
                new ModelInput.Image(
                        fields.integer("rows", 1, Integer.MAX_VALUE),
                        fields.integer("columns", 1, Integer.MAX_VALUE),
                        fields.integer("steps", 1, Integer.MAX_VALUE),
                        fields.real("stepSeconds"));
            default -> new ModelInput.Sound(FeatureSpecJson.read(kind, fields));
        };
        fields.end();
        return input;
    }

    private static LogMelSpec readSpectrum(JsonFields fields) {
        String kind = fields.text("kind");
        FeatureSpec spec = FeatureSpecJson.read(kind, fields);
        fields.end();
        if (spec instanceof LogMelSpec logMel) {
            return logMel;
        }
        throw new IllegalArgumentException("features.spectrum: expected kind log-mel, found " + kind);
    }
}
