package io.keyspike.monitoring.grafana;

import static io.keyspike.monitoring.grafana.Panel.lines;
import static io.keyspike.monitoring.grafana.Panel.query;
import static io.keyspike.monitoring.grafana.Panel.stat;

import io.keyspike.monitoring.grafana.Dashboard.Row;
import io.keyspike.monitoring.grafana.Dashboard.Variable;
import java.util.List;

/** Health and load of the service. */
final class OverviewDashboard {

    private static final String OF = "{instance=~\"$instance\"}";
    private static final String RATE = "[$__rate_interval]";

    private OverviewDashboard() {}

    static Dashboard build() {
        return new Dashboard(
                "keyspike-overview",
                "Keyspike: overview",
                "Health and load of the service",
                List.of(Variable.INSTANCE, Variable.WORD),
                List.of(now(), keywords(), frames(), process()));
    }

    private static Row now() {
        return Row.of(
                "Now",
                stat("Instances", "Instances that Prometheus can scrape.", "none", "sum(up{job=\"keyspike\"})"),
                stat(
                        "Active streams",
                        "Devices that sent frames in the last ten seconds.",
                        "none",
                        "sum(keyspike_active_streams" + OF + ")"),
                stat(
                                "Silent streams",
                                "Devices that sent frames earlier but not in the last ten seconds; removed when they expire.",
                                "none",
                                "sum(keyspike_silent_streams" + OF + ")")
                        .redFrom(1),
                stat(
                        "Real-time streams",
                        "Seconds of audio processed per second: the number of streams served in real time.",
                        "none",
                        "sum(rate(keyspike_audio_seconds_total" + OF + RATE + "))"),
                stat(
                                "Consumer lag",
                                "Unread records in the input topic. Should return to about zero.",
                                "none",
                                "sum(keyspike_consumer_lag_records" + OF + ")")
                        .redFrom(1_000),
                stat(
                                "Frame latency, 99th percentile",
                                "From the capture of a frame's last sample until the frame was processed.",
                                "s",
                                "histogram_quantile(0.99, sum by (le) (rate(keyspike_frame_latency_seconds_bucket" + OF
                                        + RATE + ")))")
                        .redFrom(0.5));
    }

    private static Row keywords() {
        String words = "{instance=~\"$instance\",word=~\"$word\"}";
        return Row.of(
                "Keywords",
                lines(
                        "Keywords per minute",
                        "Detected keywords, by word.",
                        "none",
                        8,
                        query("60 * sum by (word) (rate(keyspike_keywords_total" + words + RATE + "))", "{{word}}")),
                lines(
                        "Mean score",
                        "Mean score of detected keywords. Falls when rooms or voices differ from the training data.",
                        "percent",
                        8,
                        query(
                                "sum(rate(keyspike_keyword_score_percent_sum" + OF + RATE
                                        + ")) / sum(rate(keyspike_keyword_score_percent_count" + OF + RATE + "))",
                                "score")),
                lines(
                        "Detections marked by people",
                        "Detections marked right, or wrong (false alarms).",
                        "none",
                        8,
                        query("sum by (verdict, word) (keyspike_marks_total" + words + ")", "{{word}} {{verdict}}")));
    }

    private static Row frames() {
        return Row.of(
                "Frames",
                lines(
                        "Frames per second",
                        "Frames processed by a network, by instance.",
                        "none",
                        8,
                        query("sum by (instance) (rate(keyspike_frames_total" + OF + RATE + "))", "{{instance}}")),
                lines(
                        "Not processed, per second",
                        "Duplicates, late frames, gaps, and dead-letter records by reason.",
                        "none",
                        8,
                        query("sum by (reason) (rate(keyspike_dropped_frames_total" + OF + RATE + "))", "{{reason}}"),
                        query("sum by (outcome) (rate(keyspike_gaps_total" + OF + RATE + "))", "gap {{outcome}}"),
                        query(
                                "sum by (reason) (rate(keyspike_dead_letters_total" + OF + RATE + "))",
                                "dead letter {{reason}}")),
                lines(
                        "Device events, total",
                        "Sequence restarts, expired devices, and refused (invalid) settings.",
                        "none",
                        8,
                        query("sum(keyspike_device_restarts_total" + OF + ")", "restarted"),
                        query("sum(keyspike_expired_devices_total" + OF + ")", "expired"),
                        query("sum(keyspike_config_refusals_total" + OF + ")", "settings refused")));
    }

    private static Row process() {
        return Row.of(
                "Process",
                lines(
                        "Processor",
                        "Share of all cores used by the process.",
                        "percentunit",
                        6,
                        query("process_cpu_usage" + OF, "{{instance}}")),
                lines(
                        "Heap",
                        "Used, and the maximum.",
                        "bytes",
                        6,
                        query(
                                "sum by (instance) (jvm_memory_used_bytes{instance=~\"$instance\",area=\"heap\"})",
                                "used {{instance}}"),
                        query(
                                "sum by (instance) (jvm_memory_max_bytes{instance=~\"$instance\",area=\"heap\"} > 0)",
                                "maximum {{instance}}")),
                lines(
                        "Garbage collection",
                        "Share of time the process was paused for garbage collection.",
                        "percentunit",
                        6,
                        query("sum by (instance) (rate(jvm_gc_pause_seconds_sum" + OF + RATE + "))", "{{instance}}")),
                lines(
                        "Queues",
                        "Messages waiting, and messages dropped per second because a queue was full.",
                        "none",
                        6,
                        query("sum by (queue) (keyspike_queue_depth_messages" + OF + ")", "{{queue}}"),
                        query(
                                "sum by (queue) (rate(keyspike_queue_drops_messages_total" + OF + RATE + "))",
                                "{{queue}} dropped")));
    }
}
