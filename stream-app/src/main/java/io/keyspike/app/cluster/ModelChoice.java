package io.keyspike.app.cluster;

import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which model of {@link ModelsTopic} is the active or the shadow model. As JSON:
 *
 * <pre>{"format":1,"version":"yes-no@0123456789ab","history":["…"],"changedAt":"2026-…Z"}</pre>
 *
 * @param history previously active versions, newest last; the targets of {@code rollback}
 * @param changedAt by the clock of the machine that made the choice
 */
record ModelChoice(String version, List<String> history, Instant changedAt) {

    private static final int FORMAT = 1;
    private static final int LONGEST_HISTORY = 100;

    /** @throws IllegalArgumentException if it contains anything but versions */
    ModelChoice {
        history = List.copyOf(history.subList(Math.max(0, history.size() - LONGEST_HISTORY), history.size()));
        if (!ModelsTopic.isVersion(version) || !history.stream().allMatch(ModelsTopic::isVersion)) {
            throw new IllegalArgumentException(
                    "choice: expected versions NAME@DIGITS, found '" + version + "' after " + history);
        }
    }

    /** The choice after this one. */
    ModelChoice then(String next, Instant now) {
        if (next.equals(version)) {
            return this;
        }
        var longer = new ArrayList<>(history);
        longer.add(version);
        return new ModelChoice(next, longer, now);
    }

    byte[] encode() {
        return Json.write(Json.object()
                        .put("format", FORMAT)
                        .put("version", version)
                        .put("changedAt", changedAt.toString())
                        .set("history", Json.texts(history)))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException if it is not exactly that */
    static ModelChoice decode(byte[] value) {
        JsonFields fields = JsonFields.parse(new String(value, StandardCharsets.UTF_8), "choice");
        fields.integer("format", FORMAT, FORMAT);
        var choice = new ModelChoice(
                fields.text("version"),
                fields.texts("history"),
                ModelManifest.time(fields.text("changedAt"), "choice"));
        fields.end();
        return choice;
    }
}
