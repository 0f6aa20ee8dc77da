package io.keyspike.monitoring.grafana;

import static io.keyspike.monitoring.grafana.Panel.lines;
import static io.keyspike.monitoring.grafana.Panel.query;
import static io.keyspike.monitoring.grafana.Panel.stat;

import io.keyspike.monitoring.grafana.Dashboard.Row;
import io.keyspike.monitoring.grafana.Dashboard.Variable;
import java.util.List;

/** Activity of the networks, and the power that a chip would draw. */
final class FiringDashboard {

    private static final String OF = "{instance=~\"$instance\"}";
    private static final String GROUPS = "{instance=~\"$instance\",group=~\"$group\"}";
    private static final String RATE = "[$__rate_interval]";

    private FiringDashboard() {}

    static Dashboard build() {
        return new Dashboard(
                "keyspike-firing",
                "Keyspike: firing and power",
                "Activity of the networks, and the power a chip would draw",
                List.of(Variable.INSTANCE, Variable.GROUP),
                List.of(firing(), power()));
    }

    private static Row firing() {
        return Row.of(
                "Firing",
                lines(
                                "Firing rate",
                                "Spikes per neuron and time step over ten seconds, by layer. A layer at 0 is dead, one"
                                        + " near 1 is saturated: neither can distinguish words.",
                                "percentunit",
                                12,
                                query(
                                        "avg by (group, layer) (keyspike_firing_rate_ratio" + GROUPS + ")",
                                        "{{group}} {{layer}}"))
                        .redFrom(0.95),
                lines(
                        "Spikes per second of audio",
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
                        "Spikes times the fan-out of the neuron, over all layers and streams.",
                        "none",
                        12,
                        query(
                                "sum by (instance) (rate(keyspike_synaptic_operations_total" + OF + RATE + "))",
                                "{{instance}}")),
                lines(
                        "Synaptic operations per second of audio",
                        "The load that one stream puts on a chip.",
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
                        "One chip listening to one stream, static and dynamic.",
                        "watt",
                        "avg(sum by (instance) (keyspike_chip_power_watts" + OF + "))"),
                stat(
                        "Energy per inference",
                        "Chip power times the audio length of one inference.",
                        "joule",
                        "avg(keyspike_chip_inference_energy_joules" + OF + ")"),
                stat(
                        "Fleet power",
                        "One chip per active stream, in total.",
                        "watt",
                        "sum(keyspike_fleet_power_watts" + OF + ")"),
                lines(
                        "Chip power by part",
                        "Static power is drawn whether or not there is sound; dynamic power follows the spikes.",
                        "watt",
                        12,
                        query("avg by (part) (keyspike_chip_power_watts" + OF + ")", "{{part}}")),
                lines(
                        "Energy per second of audio",
                        "For one stream.",
                        "joule",
                        12,
                        query(
                                "sum(rate(keyspike_chip_energy_joules_total" + OF + RATE
                                        + ")) / sum(rate(keyspike_audio_seconds_total" + OF + RATE + "))",
                                "one stream")));
    }
}
