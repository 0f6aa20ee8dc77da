package io.keyspike.monitoring.grafana;

import static io.keyspike.monitoring.grafana.Panel.heatmap;
import static io.keyspike.monitoring.grafana.Panel.lines;
import static io.keyspike.monitoring.grafana.Panel.query;
import static io.keyspike.monitoring.grafana.Panel.table;

import io.keyspike.monitoring.grafana.Dashboard.Row;
import io.keyspike.monitoring.grafana.Dashboard.Variable;
import java.util.List;

/** Active models, their age, and the quality of their detections. */
final class ModelsDashboard {

    private static final String OF = "{instance=~\"$instance\"}";
    private static final String WORDS = "{instance=~\"$instance\",word=~\"$word\"}";
    private static final String RATE = "[$__rate_interval]";

    private ModelsDashboard() {}

    static Dashboard build() {
        return new Dashboard(
                "keyspike-models",
                "Keyspike: models",
                "Active models, their age, and the quality of their detections",
                List.of(Variable.INSTANCE, Variable.WORD),
                List.of(inUse(), quality()));
    }

    private static Row inUse() {
        return Row.of(
                "Active models",
                table(
                        "Model per instance",
                        "All instances should show the same version, except briefly during a swap.",
                        "none",
                        8,
                        query("keyspike_model_info" + OF, "")),
                lines(
                        "Active versions",
                        "Number of instances per version.",
                        "none",
                        8,
                        query("count by (version) (keyspike_model_info" + OF + ")", "{{version}}")),
                lines(
                        "Age",
                        "Time since the model was activated.",
                        "s",
                        8,
                        query("keyspike_model_age_seconds" + OF, "{{instance}}")),
                lines(
                        "Models offered, total",
                        "Swapped in, or refused as invalid.",
                        "none",
                        8,
                        query("sum by (outcome) (keyspike_model_reloads_total" + OF + ")", "{{outcome}}")),
                lines(
                        "Devices pinned to a missing model",
                        "Their settings name a model that this cluster does not have; the active model serves them.",
                        "none",
                        8,
                        query("sum by (instance) (keyspike_unpinned_devices" + OF + ")", "{{instance}}")));
    }

    private static Row quality() {
        return Row.of(
                "Detection quality",
                heatmap(
                        "Scores",
                        "Scores of detected keywords. A second mode just above the threshold indicates false alarms.",
                        "percent",
                        8,
                        "sum by (le) (increase(keyspike_keyword_score_percent_bucket" + OF + RATE + "))"),
                lines(
                        "False-alarm share",
                        "Share of marked detections that were false alarms, by word.",
                        "percentunit",
                        8,
                        query(
                                "sum by (word) (keyspike_marks_total{instance=~\"$instance\",word=~\"$word\","
                                        + "verdict=\"wrong\"}) / sum by (word) (keyspike_marks_total" + WORDS + ")",
                                "{{word}}")),
                lines(
                        "Keywords per hour of audio",
                        "By word. An unexplained increase indicates false alarms.",
                        "none",
                        8,
                        query(
                                "3600 * sum by (word) (rate(keyspike_keywords_total" + WORDS + RATE
                                        + ")) / ignoring (word) group_left sum(rate(keyspike_audio_seconds_total" + OF
                                        + RATE + "))",
                                "{{word}}")),
                lines(
                        "Shadow model",
                        "Keywords per minute detected by the shadow model, which runs on the same audio without effect.",
                        "none",
                        8,
                        query(
                                "60 * sum by (word) (rate(keyspike_shadow_keywords_total" + WORDS + RATE + "))",
                                "{{word}}")));
    }
}
