package io.keyspike.app.cli.demo;

import io.keyspike.monitoring.MeterCatalogue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Figures that the demo reads from its exported meters. */
record DemoFigures(MeterRegistry registry) {

    /**
     * A model's activity while it was active.
     *
     * @param firingRates by layer, spikes per neuron per time step
     * @param chipWatts estimated power of one chip processing one device
     */
    record Activity(String version, Map<String, Double> firingRates, double chipWatts) {}

    /** Number of frames processed. */
    long frames() {
        return Math.round(registry.get(MeterCatalogue.FRAMES.meterName())
                .functionCounter()
                .count());
    }

    /** Number of keywords reported. */
    long keywords() {
        return Math.round(registry.find(MeterCatalogue.KEYWORDS.meterName()).counters().stream()
                .mapToDouble(io.micrometer.core.instrument.Counter::count)
                .sum());
    }

    /** Activity of the active model over the last seconds. */
    Activity activity(String version) {
        var rates = new TreeMap<String, Double>();
        for (Gauge gauge : registry.find(MeterCatalogue.FIRING_RATE.meterName()).gauges()) {
            rates.put(layer(gauge), gauge.value());
        }
        double watts = registry.find(MeterCatalogue.CHIP_POWER.meterName()).gauges().stream()
                .mapToDouble(Gauge::value)
                .sum();
        return new Activity(version, rates, watts);
    }

    private static String layer(Meter meter) {
        return Objects.requireNonNull(meter.getId().getTag("layer"));
    }
}
