package io.keyspike.monitoring.grafana;

import static io.keyspike.monitoring.grafana.Panel.heatmap;
import static io.keyspike.monitoring.grafana.Panel.lines;
import static io.keyspike.monitoring.grafana.Panel.query;

import io.keyspike.monitoring.grafana.Dashboard.Row;
import io.keyspike.monitoring.grafana.Dashboard.Variable;
import java.util.ArrayList;
import java.util.List;

/** Latency from audio to event, and where records wait. */
final class KafkaDashboard {

    private static final String OF = "{instance=~\"$instance\"}";
    private static final String RATE = "[$__rate_interval]";

    private KafkaDashboard() {}

    static Dashboard build() {
        return new Dashboard(
                "keyspike-kafka",
                "Keyspike: Kafka and latency",
                "Latency from audio to event, and where records wait",
                List.of(Variable.INSTANCE),
                List.of(latency(), streams(), clients()));
    }

    private static Row latency() {
        return Row.of(
                "Latency",
                lines(
                        "Frame latency",
                        "From capture until processed, every sixteenth frame: how far the service is behind its devices.",
                        "s",
                        8,
                        quantiles("keyspike_frame_latency_seconds")),
                lines(
                        "Event latency",
                        "From the capture of the deciding sample to the event.",
                        "s",
                        8,
                        quantiles("keyspike_event_latency_seconds")),
                heatmap(
                        "Frame latency, distribution",
                        "Number of frames in each bucket.",
                        "s",
                        8,
                        "sum by (le) (increase(keyspike_frame_latency_seconds_bucket" + OF + RATE + "))"));
    }

    private static Panel.Query[] quantiles(String histogram) {
        var queries = new ArrayList<Panel.Query>();
        for (String quantile : List.of("0.5", "0.95", "0.99")) {
            queries.add(query(
                    "histogram_quantile(" + quantile + ", sum by (le) (rate(" + histogram + "_bucket" + OF + RATE
                            + ")))",
                    quantile));
        }
        return queries.toArray(Panel.Query[]::new);
    }

    private static Row streams() {
        return Row.of(
                "Kafka Streams",
                lines(
                                "Consumer lag",
                                "Unread records in the partitions of each instance.",
                                "none",
                                8,
                                query("keyspike_consumer_lag_records" + OF, "{{instance}}"))
                        .redFrom(1_000),
                lines(
                        "Stream-thread time, by activity",
                        "Share of time spent processing, waiting for records and committing. Processing near 1: add threads or instances.",
                        "percentunit",
                        8,
                        query("avg(kafka_stream_thread_process_ratio" + OF + ")", "processing"),
                        query("avg(kafka_stream_thread_poll_ratio" + OF + ")", "waiting"),
                        query("avg(kafka_stream_thread_commit_ratio" + OF + ")", "committing")),
                lines(
                        "Commits",
                        "Longest commit, in milliseconds.",
                        "ms",
                        8,
                        query("max by (instance) (kafka_stream_thread_commit_latency_max" + OF + ")", "{{instance}}")),
                lines(
                        "Tasks being restored",
                        "Partitions whose state is still being restored.",
                        "none",
                        8,
                        query(
                                "sum by (instance) (kafka_stream_state_updater_active_restoring_tasks" + OF + ")",
                                "{{instance}}")),
                lines(
                        "Rebalances, total",
                        "Each one pauses the partitions that move. Frequent rebalances: instances come and go, or time out.",
                        "none",
                        8,
                        query(
                                "sum by (instance) (kafka_consumer_coordinator_rebalance_total" + OF + ")",
                                "{{instance}}")),
                lines(
                                "Failed stream threads, total",
                                "Each was replaced, or the service was stopped.",
                                "none",
                                8,
                                query("kafka_stream_failed_stream_threads_total" + OF, "{{instance}}"))
                        .redFrom(1));
    }

    private static Row clients() {
        return Row.of(
                "Clients",
                lines(
                        "Bytes per second",
                        "Read and written.",
                        "Bps",
                        8,
                        query("sum(kafka_consumer_incoming_byte_rate" + OF + ")", "read"),
                        query("sum(kafka_producer_outgoing_byte_rate" + OF + ")", "written")),
                lines(
                        "Producer buffer",
                        "Fill level. When full, the broker cannot keep up and threads block.",
                        "percentunit",
                        8,
                        query(
                                "1 - sum by (instance) (kafka_producer_buffer_available_bytes" + OF
                                        + ") / sum by (instance) (kafka_producer_buffer_total_bytes" + OF + ")",
                                "{{instance}}")),
                lines(
                        "Errors and retries per second",
                        "For records sent.",
                        "none",
                        8,
                        query("sum(kafka_producer_record_error_rate" + OF + ")", "errors"),
                        query("sum(kafka_producer_record_retry_rate" + OF + ")", "retries")));
    }
}
