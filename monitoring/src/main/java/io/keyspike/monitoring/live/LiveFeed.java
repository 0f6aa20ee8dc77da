package io.keyspike.monitoring.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Connects running streams and their viewers. A stream calls {@link #tap} before each frame; while no viewer watches
 * its device, this lookup is the only cost. Thread-safe.
 */
public final class LiveFeed {

    /** Limit on concurrent browsers; each one holds a bounded number of messages. */
    public static final int MAXIMUM_VIEWERS = 100;

    /** Keywords of all devices that a new viewer is shown. */
    private static final int KEYWORDS_KEPT = 50;

    private final ConcurrentHashMap<String, Tap> taps = new ConcurrentHashMap<>();
    private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
    private final Set<String> kept = ConcurrentHashMap.newKeySet();
    private final ArrayDeque<KeywordNote> keywords = new ArrayDeque<>();
    private volatile Runnable onDrop = () -> {};

    /** Starts without viewers and without devices to keep. */
    public LiveFeed() {}

    /**
     * Sets what is told of each message that is dropped because a viewer does not keep up; replaces an earlier one.
     *
     * @param told run once per message on the thread that offered it, so it must not block; usually a meter
     */
    public void onDrop(Runnable told) {
        onDrop = told;
    }

    /**
     * Looks up the tap that records a device's activity.
     *
     * @param device name of the device
     * @return its tap, or null while it has no viewers
     */
    public @Nullable Tap tap(String device) {
        return taps.isEmpty() ? null : taps.get(device);
    }

    /**
     * Watches a device even while no browser does, so that the first one finds its last minutes.
     *
     * @param device name of the device; its tap is kept for the life of the feed
     */
    public void keep(String device) {
        kept.add(device);
        taps.computeIfAbsent(device, Tap::new);
    }

    /**
     * A browser begins to watch a device.
     *
     * @param device name of the device, whether or not it has sent anything yet
     * @return to be passed to {@link #close} when the browser has gone; null if there are {@value #MAXIMUM_VIEWERS}
     *     already
     */
    public synchronized @Nullable Viewer open(String device) {
        if (viewers.size() >= MAXIMUM_VIEWERS) {
            return null;
        }
        var viewer = new Viewer(device, () -> onDrop.run());
        viewers.add(viewer);
        synchronized (keywords) {
            List<KeywordNote> earlier = List.copyOf(keywords);
            viewer.offer(new Message("earlier", () -> {
                ObjectNode node = JsonNodeFactory.instance.objectNode();
                ArrayNode list = node.putArray("keywords");
                earlier.forEach(each -> list.add(json(each)));
                return node;
            }));
        }
        taps.computeIfAbsent(device, Tap::new).add(viewer);
        return viewer;
    }

    /**
     * A browser has gone.
     *
     * @param viewer from {@link #open}; nothing happens if it is closed already
     */
    public synchronized void close(Viewer viewer) {
        viewers.remove(viewer);
        Tap tap = taps.get(viewer.device());
        if (tap != null && tap.remove(viewer) && !kept.contains(viewer.device())) {
            taps.remove(viewer.device());
        }
    }

    /**
     * A keyword was heard, on any device: every viewer is told.
     *
     * @param note sent to every viewer, and kept for new ones until 50 others have followed
     */
    public void keyword(KeywordNote note) {
        synchronized (keywords) {
            keywords.addLast(note);
            if (keywords.size() > KEYWORDS_KEPT) {
                keywords.removeFirst();
            }
        }
        tellAll(new Message("keyword", () -> json(note)));
    }

    /**
     * Offers a message to every viewer, of any device; never blocks.
     *
     * @param message dropped for those whose queue is full
     */
    public void tellAll(Message message) {
        viewers.forEach(viewer -> viewer.offer(message));
    }

    /** {@return a copy of the last keywords of all devices, at most 50, oldest first} */
    public List<KeywordNote> keywords() {
        synchronized (keywords) {
            return new ArrayList<>(keywords);
        }
    }

    /** {@return the number of messages that wait for their viewers, over all of them} */
    public long waiting() {
        return viewers.stream().mapToLong(Viewer::waiting).sum();
    }

    /** {@return the number of browsers that watch a device now} */
    public int viewers() {
        return viewers.size();
    }

    private static ObjectNode json(KeywordNote note) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", note.id());
        node.put("device", note.device());
        node.put("keyword", note.keyword());
        node.put("score", note.score());
        if (Double.isFinite(note.latencyMillis())) {
            node.put("latencyMillis", note.latencyMillis());
        }
        node.put("model", note.model());
        node.put("time", note.time().toString());
        node.put("position", note.position());
        node.put("sound", note.sound());
        return node;
    }
}
