package io.keyspike.monitoring.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.List;

/** What a watched stream did in each second of its sound, over the last minutes. Not thread-safe. */
final class Seconds {

    /** Five minutes. */
    static final int KEPT = 300;

    /**
     * A second.
     *
     * @param spikesPerSecond by layer, each neuron's on the average
     * @param staticWatts of the chip, whatever its neurons do
     * @param dynamicWatts that its spikes draw
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared; its arrays are its own
    record Second(long position, double[] spikesPerSecond, double staticWatts, double dynamicWatts) {

        ObjectNode json() {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("position", position);
            ArrayNode rates = node.putArray("rates");
            for (double rate : spikesPerSecond) {
                rates.add(Math.round(rate * 100) / 100.0);
            }
            node.put("staticWatts", staticWatts);
            node.put("dynamicWatts", dynamicWatts);
            return node;
        }
    }

    private final StreamFacts facts;
    private final ArrayDeque<Second> last = new ArrayDeque<>();
    private final long[] spikes;
    private final int stepsInSecond;
    private int steps;

    Seconds(StreamFacts facts) {
        this.facts = facts;
        spikes = new long[facts.layers().size()];
        stepsInSecond = (int) Math.max(1, Math.round(1 / facts.stepSeconds()));
    }

    void add(int layer, int count) {
        spikes[layer] += count;
    }

    /** @return whether a second is full now, to be taken with {@link #finish} */
    boolean step() {
        return ++steps >= stepsInSecond;
    }

    Second finish(long position) {
        double seconds = steps * facts.stepSeconds();
        double[] rates = new double[spikes.length];
        double joules = 0;
        for (int i = 0; i < rates.length; i++) {
            StreamFacts.Layer layer = facts.layers().get(i);
            rates[i] = spikes[i] / seconds / layer.neurons();
            joules += spikes[i] * layer.joulesPerSpike();
            spikes[i] = 0;
        }
        steps = 0;
        var second = new Second(position, rates, facts.staticWatts(), joules / seconds);
        last.addLast(second);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
        return second;
    }

    List<Second> all() {
        return List.copyOf(last);
    }
}
