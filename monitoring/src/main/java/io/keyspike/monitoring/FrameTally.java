package io.keyspike.monitoring;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one writer, such as a task of the stream. What is counted for each frame has one writer, so that it costs a
 * few nanoseconds and allocates nothing; the meters sum the tallies when they are read.
 *
 * <p>Not thread-safe; any number of tallies may count at the same time. Close it when the writer ends: until then it counts
 * as one that still writes.
 */
public final class FrameTally implements AutoCloseable {

    /** Latency is measured on every n-th frame only: a histogram costs as much as everything else together. */
    static final int LATENCY_SPACING = 16;

    /** Number of calls of {@link #settle} without a frame after which a model's counts are handed in. */
    private static final int IDLE_SETTLES = 30;

    /** A model that serves a group, as this writer sees it. */
    private static final class Served {
        final Workload workload;
        final Workload.Share share;
        boolean used = true;
        boolean wasDismissed;
        int idle;

        Served(Workload workload) {
            this.workload = workload;
            share = workload.open();
        }
    }

    private final KeyspikeMeters meters;
    private final Workloads workloads;
    private final Map<String, Map<String, Served>> served = new HashMap<>();
    private @Nullable Served now;
    private @Nullable String group;
    private @Nullable ModelFacts model;
    private int untilLatency;

    FrameTally(KeyspikeMeters meters, Workloads workloads) {
        this.meters = meters;
        this.workloads = workloads;
    }

    /**
     * Selects the group and model of the following frames.
     *
     * @param deviceGroup as in the device settings, {@link KeyspikeMeters#DEFAULT_GROUP} for those without one;
     *     past the sixteenth all groups count as one
     * @param heardWith the model; fastest if it is the same object each time
     */
    @SuppressWarnings("ReferenceEquality") // the fast path; the slow one compares by value
    public void select(String deviceGroup, ModelFacts heardWith) {
        if (heardWith == model && deviceGroup.equals(group)) {
            return;
        }
        Map<String, Served> models = served.get(deviceGroup);
        if (models == null) {
            models = new HashMap<>();
            served.put(deviceGroup, models);
        }
        Served chosen = models.get(heardWith.version());
        if (chosen == null) {
            chosen = new Served(workloads.of(deviceGroup, heardWith));
            models.put(heardWith.version(), chosen);
        }
        chosen.used = true;
        now = chosen;
        group = deviceGroup;
        model = heardWith;
    }

    /**
     * Counts a frame processed by the selected model.
     *
     * @param audioSeconds length of the frame in seconds of audio
     * @param latencySeconds from its capture until now, in seconds; NaN if unknown
     * @throws IllegalStateException if no model is selected; {@link #settle} deselects one whose counts it hands in
     */
    public void frame(double audioSeconds, double latencySeconds) {
        Served current = now;
        if (current == null) {
            throw new IllegalStateException(
                    "tally: expected a model to be selected before the first frame, found none");
        }
        current.used = true;
        current.share.frame(audioSeconds);
        if (--untilLatency < 0) {
            untilLatency = LATENCY_SPACING - 1;
            meters.frameLatency(latencySeconds);
        }
    }

    /**
     * Counts spikes of one layer of the selected model.
     *
     * @param layer index among the spiking layers; one that the model does not have is ignored
     * @param count spikes
     * @param steps time steps in which they were fired
     */
    public void spikes(int layer, long count, long steps) {
        Served current = now;
        if (current != null) {
            current.share.spikes(layer, count, steps);
        }
    }

    /** Hands in the counts of models that are no longer used; to be called every few seconds by the writer. */
    public void settle() {
        for (Iterator<Map<String, Served>> groups = served.values().iterator(); groups.hasNext(); ) {
            Map<String, Served> models = groups.next();
            models.values().removeIf(this::settle);
            if (models.isEmpty()) {
                groups.remove();
            }
        }
    }

    private boolean settle(Served each) {
        boolean used = each.used;
        each.used = false;
        if (used) {
            each.idle = 0;
            boolean dismissed = each.workload.isDismissed();
            if (dismissed && each.wasDismissed) { // frames came after another model was activated: pinned devices
                workloads.recall(each.workload);
                dismissed = false;
            }
            each.wasDismissed = dismissed;
            return false;
        }
        if (++each.idle < IDLE_SETTLES) {
            return false;
        }
        handIn(each);
        return true;
    }

    private void handIn(Served each) {
        workloads.close(each.workload, each.share);
        if (each == now) {
            now = null;
            group = null;
            model = null;
        }
    }

    @Override
    public void close() {
        served.values().forEach(models -> models.values().forEach(this::handIn));
        served.clear();
    }
}
