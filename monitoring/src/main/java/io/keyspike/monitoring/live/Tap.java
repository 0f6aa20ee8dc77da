package io.keyspike.monitoring.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a watched stream tells what it does: {@link #begin} for each frame, then {@link #step} for each of its steps. The
 * last seconds are kept for new viewers. One stream at a time writes; what that costs is a copy of a few hundred
 * bytes for each step, and an offer to each viewer twenty times a second.
 */
public final class Tap {

    /** Slices that a new viewer is shown: about six seconds. */
    private static final int SLICES_KEPT = 120;

    private final String device;
    private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
    private final ArrayDeque<Message> slices = new ArrayDeque<>();
    private @Nullable StreamFacts facts;
    private @Nullable Gathered gathered;
    private @Nullable Seconds seconds;

    Tap(String device) {
        this.device = device;
    }

    synchronized void add(Viewer viewer) {
        StreamFacts known = facts;
        if (known != null) {
            tell(viewer, known);
        }
        viewers.add(viewer);
    }

    private void tell(Viewer viewer, StreamFacts known) {
        viewer.offer(hello(known));
        slices.forEach(viewer::offer);
    }

    /** @return whether no viewers are left */
    synchronized boolean remove(Viewer viewer) {
        viewers.remove(viewer);
        return viewers.isEmpty();
    }

    /**
     * A frame of the stream comes.
     *
     * @param now what hears it; another object than before means that something has changed, which viewers are told
     * @param samples PCM16, the frame's from index {@code from} to {@code to}
     * @param from index of its first sample
     * @param to index after its last one
     */
    @SuppressWarnings("ReferenceEquality") // asked for each frame: the same object is the same stream
    public synchronized void begin(StreamFacts now, short[] samples, int from, int to) {
        Gathered current = gathered;
        if (now != facts || current == null) {
            facts = now;
            slices.clear();
            current = new Gathered(now);
            gathered = current;
            seconds = new Seconds(now);
            viewers.forEach(viewer -> tell(viewer, now));
        }
        current.wave(samples, from, to);
    }

    /**
     * The spikes of one layer in the step that {@link #step} tells next. Ignored before the first {@link #begin}.
     *
     * @param layer index among the spiking layers
     * @param fired indices of the neurons that spiked, the first {@code count} elements; copied
     * @param count how many neurons spiked
     */
    public synchronized void fired(int layer, int[] fired, int count) {
        Gathered current = gathered;
        Seconds counts = seconds;
        if (current != null && counts != null) {
            current.fired(layer, fired, count);
            counts.add(layer, count);
        }
    }

    /**
     * A step was made. Ignored before the first {@link #begin}.
     *
     * @param features {@code [channels]}, levels in dB up to 0
     * @param outputs {@code [labels]}
     * @param scores {@code [labels]}, 0 to 1
     * @param levelDb level of the audio in dB relative to full scale
     * @param position samples of the stream up to and with this step
     */
    public synchronized void step(float[] features, float[] outputs, float[] scores, float levelDb, long position) {
        Gathered current = gathered;
        Seconds counts = seconds;
        if (current == null || counts == null) {
            return;
        }
        if (current.step(features, outputs, scores)) {
            Slice slice = current.take(position, levelDb);
            var message = new Message("slice", slice::json);
            slices.addLast(message);
            if (slices.size() > SLICES_KEPT) {
                slices.removeFirst();
            }
            viewers.forEach(viewer -> viewer.offer(message));
        }
        if (counts.step()) {
            Seconds.Second second = counts.finish(position);
            var message = new Message("second", second::json);
            viewers.forEach(viewer -> viewer.offer(message));
        }
    }

    private Message hello(StreamFacts known) {
        List<Seconds.Second> history = seconds == null ? List.of() : seconds.all();
        return new Message("stream", () -> {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("device", device);
            node.put("model", known.model());
            node.put("sampleRateHz", known.sampleRateHz());
            node.put("stepSeconds", known.stepSeconds());
            node.put("waveSeconds", Gathered.WAVE_SECONDS);
            node.put("channels", known.channels().count());
            node.put("features", known.channels().name());
            node.put("floorDb", known.channels().floorDb());
            ArrayNode centres = node.putArray("centresHz");
            known.channels().centresHz().forEach(centres::add);
            ArrayNode layers = node.putArray("layers");
            known.layers()
                    .forEach(layer ->
                            layers.addObject().put("name", layer.name()).put("neurons", layer.neurons()));
            ArrayNode labels = node.putArray("labels");
            known.labels().forEach(labels::add);
            ObjectNode thresholds = node.putObject("thresholds");
            known.thresholds().forEach(thresholds::put);
            ArrayNode earlier = node.putArray("seconds");
            history.forEach(second -> earlier.add(second.json()));
            return node;
        });
    }
}
