package io.keyspike.models;

import com.fasterxml.jackson.databind.JsonNode;

/** The inputs of models as model files hold them, under the key {@code features}. */
final class ModelInputJson {

    private static final String IMAGE = "image";

    private ModelInputJson() {}

    static JsonNode write(ModelInput input) {
        return switch (input) {
            case ModelInput.Sound sound -> FeatureSpecJson.write(sound.features());
            case ModelInput.Image image ->
                Json.object()
                        .put("kind", IMAGE)
                        .put("rows", image.rows())
                        .put("columns", image.columns())
                        .put("steps", image.steps())
                        .put("stepSeconds", image.stepSeconds());
        };
    }

    static ModelInput read(JsonFields fields) {
        String kind = fields.text("kind");
        ModelInput input = switch (kind) {
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
}
