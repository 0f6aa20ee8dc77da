package io.keyspike.monitoring;

import static io.keyspike.monitoring.MeterCatalogue.FIRING_RATE;
import static io.keyspike.monitoring.MeterCatalogue.SPIKES;

import io.keyspike.monitoring.MeterCatalogue.Bounds;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The work of every model for every device group, and the resulting series by group and layer. A model's
 * series exist while it is active or a writer counts for it. Thread-safe.
 */
final class Workloads {

    private record Key(String group, String version) {}

    private record Place(String group, String layer) {}

    /** Series of one layer of one group, whatever model has a layer of that name. */
    private static final class Series {
        final Meter rate;
        final Meter spikes;
        /** Spikes of removed models. */
        double spikesBefore;

        Series(Meter rate, Meter spikes) {
            this.rate = rate;
            this.spikes = spikes;
        }
    }

    private final MeterRegistry registry;
    private final Clock clock;
    private final Map<Key, Workload> all = new LinkedHashMap<>();
    private final Map<Place, Series> series = new HashMap<>();
    private final Set<String> groups = new HashSet<>();
    private @Nullable Workload inUse;

    private double framesBefore;
    private double audioBefore;
    private double operationsBefore;
    private double joulesBefore;

    Workloads(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        groups.add(KeyspikeMeters.DEFAULT_GROUP);
    }

    /** Makes a model the active one; the previous one is removed at once, or when its last writer has closed. */
    synchronized void use(ModelFacts model) {
        Workload before = inUse;
        Workload next = find(KeyspikeMeters.DEFAULT_GROUP, model);
        inUse = next;
        next.dismiss(false);
        if (before != null && before != next) {
            before.dismiss(true);
            if (before.hasWriters()) {
                dropUnusedSeries(before);
            } else {
                remove(before);
            }
        }
        register(next);
    }

    /** The counts of a model for a group. */
    synchronized Workload of(String group, ModelFacts model) {
        Workload workload = find(group, model);
        if (!workload.isDismissed()) {
            register(workload);
        }
        return workload;
    }

    private Workload find(String group, ModelFacts model) {
        String bounded = groups.contains(group) || groups.size() < Bounds.GROUPS ? group : BoundedCounters.OTHER;
        if (!bounded.equals(BoundedCounters.OTHER)) {
            groups.add(bounded);
        }
        return all.computeIfAbsent(new Key(bounded, model.version()), key -> new Workload(bounded, model, clock));
    }

    /** A replaced model is still in use, by devices pinned to it. */
    synchronized void recall(Workload workload) {
        workload.dismiss(false);
        register(workload);
    }

    /** Closes the share of a writer. */
    synchronized void close(Workload workload, Workload.Share share) {
        workload.close(share);
        if (workload != inUse && !workload.hasWriters()) {
            remove(workload);
        }
    }

    private void remove(Workload workload) {
        if (!all.remove(new Key(workload.group(), workload.model().version()), workload)) {
            return;
        }
        framesBefore += workload.frames();
        audioBefore += workload.audioSeconds();
        operationsBefore += workload.synapticOperations();
        joulesBefore += workload.joules();
        List<ModelFacts.Layer> layers = workload.model().layers();
        for (int i = 0; i < layers.size(); i++) {
            Series known = series.get(new Place(workload.group(), layers.get(i).name()));
            if (known != null) {
                known.spikesBefore += workload.spikes(i);
            }
        }
        dropUnusedSeries(workload);
        groups.removeIf(group -> !group.equals(KeyspikeMeters.DEFAULT_GROUP)
                && all.values().stream().noneMatch(w -> w.group().equals(group)));
    }

    private void register(Workload workload) {
        for (ModelFacts.Layer layer : workload.model().layers()) {
            var place = new Place(workload.group(), layer.name());
            long used = series.keySet().stream()
                    .filter(p -> p.group().equals(place.group()))
                    .count();
            if (!series.containsKey(place) && used < Bounds.LAYERS) {
                series.put(
                        place,
                        new Series(
                                FIRING_RATE.gauge(
                                        registry, this, w -> w.firingRate(place), place.group(), place.layer()),
                                SPIKES.functionCounter(
                                        registry, this, w -> w.spikes(place), place.group(), place.layer())));
            }
        }
    }

    private void dropUnusedSeries(Workload gone) {
        for (ModelFacts.Layer layer : gone.model().layers()) {
            var place = new Place(gone.group(), layer.name());
            boolean used = all.values().stream().anyMatch(w -> !w.isDismissed() && indexOf(place, w) >= 0);
            Series known = series.get(place);
            if (!used && known != null) {
                registry.remove(known.rate);
                registry.remove(known.spikes);
                series.remove(place);
            }
        }
    }

    private static int indexOf(Place place, Workload workload) {
        if (workload.group().equals(place.group())) {
            List<ModelFacts.Layer> layers = workload.model().layers();
            for (int i = 0; i < layers.size(); i++) {
                if (layers.get(i).name().equals(place.layer())) {
                    return i;
                }
            }
        }
        return -1;
    }

    private synchronized double firingRate(Place place) {
        double spikes = 0;
        double chances = 0;
        for (Workload each : all.values()) {
            int layer = each.isDismissed() ? -1 : indexOf(place, each);
            if (layer >= 0) {
                Workload.Recent recent = each.recent();
                spikes += recent.spikes(layer);
                chances +=
                        recent.steps(layer) * each.model().layers().get(layer).width();
            }
        }
        return chances > 0 ? spikes / chances : 0;
    }

    private synchronized double spikes(Place place) {
        Series known = series.get(place);
        double spikes = known == null ? 0 : known.spikesBefore;
        for (Workload each : all.values()) {
            int layer = indexOf(place, each);
            spikes += layer < 0 ? 0 : each.spikes(layer);
        }
        return spikes;
    }

    /** Samples the totals when due; to be called about once a second. */
    synchronized void tick() {
        all.values().forEach(Workload::tick);
    }

    synchronized double frames() {
        return framesBefore + sum(Workload::frames);
    }

    synchronized double audioSeconds() {
        return audioBefore + sum(Workload::audioSeconds);
    }

    synchronized double synapticOperations() {
        return operationsBefore + sum(Workload::synapticOperations);
    }

    synchronized double joules() {
        return joulesBefore + sum(Workload::joules);
    }

    private double sum(ToDoubleFunction<Workload> part) {
        return all.values().stream().mapToDouble(part).sum();
    }

    /**
     * Power of one chip that listens to one stream, the mean over streams and the window, weighted by their audio.
     *
     * @param staticWatts of the active model while there is no audio
     * @param inferenceJoules static and dynamic, for the audio of one inference
     */
    record Power(double staticWatts, double dynamicWatts, double inferenceJoules) {}

    synchronized Power power() {
        double seconds = 0;
        double staticJoules = 0;
        double dynamicJoules = 0;
        double inferences = 0;
        for (Workload each : all.values()) {
            if (!each.isDismissed()) {
                Workload.Recent recent = each.recent();
                seconds += recent.audioSeconds();
                staticJoules += recent.audioSeconds() * each.model().staticWatts();
                dynamicJoules += each.dynamicJoules(recent);
                inferences += recent.audioSeconds() * each.model().inferenceSeconds();
            }
        }
        if (seconds > 0) {
            double staticWatts = staticJoules / seconds;
            double dynamicWatts = dynamicJoules / seconds;
            return new Power(staticWatts, dynamicWatts, (staticWatts + dynamicWatts) * inferences / seconds);
        }
        Workload current = inUse;
        ModelFacts idle = current == null ? ModelFacts.NONE : current.model();
        return new Power(idle.staticWatts(), 0, idle.staticWatts() * idle.inferenceSeconds());
    }
}
