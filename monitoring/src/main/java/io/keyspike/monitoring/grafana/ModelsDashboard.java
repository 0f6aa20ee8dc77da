package io.keyspike.monitoring.grafana;

import static io.keyspike.monitoring.grafana.Panel.heatmap;
import static io.keyspike.monitoring.grafana.Panel.lines;
import static io.keyspike.monitoring.grafana.Panel.query;
import static io.keyspike.monitoring.grafana.Panel.table;

import io.keyspike.monitoring.grafana.Dashboard.Row;
import io.keyspike.monitoring.grafana.Dashboard.Variable;
import java.util.List;

/** Which models are in use, since when, and how good they are found. */
final class ModelsDashboard {

    private static final String OF = "{instance=~\"$instance\"}";
    private static final String WORDS = "{instance=~\"$instance\",word=~\"$word\"}";
    private static final String RATE = "[$__rate_interval]";

    private ModelsDashboard() {}

    static Dashboard build() {
        return new Dashboard(
                "keyspike-models",
                "Keyspike: models",
                "Which models are in use, since when, and how good they are found",
                List.of(Variable.INSTANCE, Variable.WORD),
                List.of(inUse(), quality()));
    }

    private static Row inUse() {
        return Row.of(
                "In use",
                table(
                        "Model of each instance",
                        "All instances should name the same one, except for a moment while it changes.",
                        "none",
                        8,
                        query("keyspike_model_info" + OF, "")),
                lines(
                        "Versions at work",
                        "How many instances use which.",
                        "none",
                        8,
                        query("count by (version) (keyspike_model_info" + OF + ")", "{{version}}")),
                lines(
                        "Age",
                        "Since the model was taken into use.",
                        "s",
                        8,
                        query("keyspike_model_age_seconds" + OF, "{{instance}}")),
                lines(
                        "Models offered, in all",
                        "Swapped in, or refused because they are not valid.",
                        "none",
                        8,
                        query("sum by (outcome) (keyspike_model_reloads_total" + OF + ")", "{{outcome}}")),
                lines(
                        "Devices without the model they ask for",
                        "Their settings name one that this cluster does not have; they are heard with the one in use.",
                        "none",
                        8,
                        query("sum by (instance) (keyspike_unpinned_devices" + OF + ")", "{{instance}}")));
    }

    private static Row quality() {
        return Row.of(
                "How good it is found",
                heatmap(
                        "Scores",
                        "Of the reported keywords. A second heap just above the threshold: false alarms.",
                        "percent",
                        8,
                        "sum by (le) (increase(keyspike_keyword_score_percent_bucket" + OF + RATE + "))"),
                lines(
                        "Share of false alarms",
                        "Of the keywords that people marked, by word.",
                        "percentunit",
                        8,
                        query(
                                "sum by (word) (keyspike_marks_total{instance=~\"$instance\",word=~\"$word\","
                                        + "verdict=\"wrong\"}) / sum by (word) (keyspike_marks_total" + WORDS + ")",
                                "{{word}}")),
                lines(
                        "Keywords per hour of sound",
                        "By word. A word that comes more often without a reason is a false alarm.",
                        "none",
                        8,
                        query(
                                "3600 * sum by (word) (rate(keyspike_keywords_total" + WORDS + RATE
                                        + ")) / ignoring (word) group_left sum(rate(keyspike_audio_seconds_total" + OF
                                        + RATE + "))",
                                "{{word}}")),
                lines(
                        "Beside it: the model in the shadow",
                        "Keywords per minute of a second model that hears the same sound without effect.",
                        "none",
                        8,
                        query(
                                "60 * sum by (word) (rate(keyspike_shadow_keywords_total" + WORDS + RATE + "))",
                                "{{word}}")));
    }
}
