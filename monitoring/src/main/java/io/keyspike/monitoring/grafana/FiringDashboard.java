package io.keyspike.monitoring.grafana;

import static io.keyspike.monitoring.grafana.Panel.lines;
import static io.keyspike.monitoring.grafana.Panel.query;
import static io.keyspike.monitoring.grafana.Panel.stat;

import io.keyspike.monitoring.grafana.Dashboard.Row;
import io.keyspike.monitoring.grafana.Dashboard.Variable;
import java.util.List;

/** What the networks do, and what a chip would draw for it. */
final class FiringDashboard {

    private static final String OF = "{instance=~\"$instance\"}";
    private static final String GROUPS = "{instance=~\"$instance\",group=~\"$group\"}";
    private static final String RATE = "[$__rate_interval]";

    private FiringDashboard() {}

    static Dashboard build() {
        return new Dashboard(
                "keyspike-firing",
                "Keyspike: firing and power",
                "What the networks do, and what a chip would draw for it",
                List.of(Variable.INSTANCE, Variable.GROUP),
                List.of(firing(), power()));
    }

    private static Row firing() {
        return Row.of(
                "Firing",
                lines(
                                "Firing rate",
                                "Spikes per neuron and time step over ten seconds, by layer. A layer at 0 is dead, one"
                                        + " near 1 is saturated: neither tells words apart.",
                                "percentunit",
                                12,
                                query(
                                        "avg by (group, layer) (keyspike_firing_rate_ratio" + GROUPS + ")",
                                        "{{group}} {{layer}}"))
                        .redFrom(0.95),
                lines(
                        "Spikes per second of sound",
                        "By layer, the mean over streams.",
                        "none",
                        12,
                        query(
                                "sum by (group, layer) (rate(keyspike_spikes_total" + GROUPS + RATE
                                        + ")) / ignoring (group, layer) group_left"
                                        + " sum(rate(keyspike_audio_seconds_total"
                                        + OF + RATE + "))",
                                "{{group}} {{layer}}")),
                lines(
                        "Synaptic operations per second",
                        "Spikes times the synapses that each reaches, over all layers and streams.",
                        "none",
                        12,
                        query(
                                "sum by (instance) (rate(keyspike_synaptic_operations_total" + OF + RATE + "))",
                                "{{instance}}")),
                lines(
                        "Synaptic operations per second of sound",
                        "What one stream asks of a chip.",
                        "none",
                        12,
                        query(
                                "sum(rate(keyspike_synaptic_operations_total" + OF + RATE
                                        + ")) / sum(rate(keyspike_audio_seconds_total" + OF + RATE + "))",
                                "one stream")));
    }

    private static Row power() {
        return Row.of(
                "Power, estimated from the chip profile in the model",
                stat(
                        "Chip power",
                        "Of one chip that listens to one stream, static and dynamic.",
                        "watt",
                        "avg(sum by (instance) (keyspike_chip_power_watts" + OF + "))"),
                stat(
                        "Energy per inference",
                        "Chip power times the sound that one inference hears.",
                        "joule",
                        "avg(keyspike_chip_inference_energy_joules" + OF + ")"),
                stat(
                        "Fleet power",
                        "Of as many chips as there are active streams.",
                        "watt",
                        "sum(keyspike_fleet_power_watts" + OF + ")"),
                lines(
                        "Chip power by part",
                        "Static is drawn whether or not there is sound; dynamic follows the spikes.",
                        "watt",
                        12,
                        query("avg by (part) (keyspike_chip_power_watts" + OF + ")", "{{part}}")),
                lines(
                        "Energy per second of sound",
                        "Of one stream.",
                        "joule",
                        12,
                        query(
                                "sum(rate(keyspike_chip_energy_joules_total" + OF + RATE
                                        + ")) / sum(rate(keyspike_audio_seconds_total" + OF + RATE + "))",
                                "one stream")));
    }
}
