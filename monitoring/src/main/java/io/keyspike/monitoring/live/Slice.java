package io.keyspike.monitoring.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;

/**
 * A few steps of a stream, in bytes: a twentieth of a second or so.
 *
 * @param position samples of the stream at its end
 * @param steps network steps in it
 * @param wave pairs of smallest and largest sample (upper byte, signed), one for each few milliseconds
 * @param features {@code [steps, channels]}, 0 to 255 from the floor of the channels to 0 dB
 * @param spikes by layer {@code [steps, ceil(neurons / 8)]}, a bit for each neuron, lowest first
 * @param scores {@code [steps, labels]}, 0 to 255 for 0 to 1
 * @param outputs sum of each output over the steps
 * @param levelDb of the last step
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared; its arrays are its own
record Slice(
        long position,
        int steps,
        byte[] wave,
        byte[] features,
        byte[][] spikes,
        byte[] scores,
        float[] outputs,
        float levelDb) {

    ObjectNode json() {
        Base64.Encoder base64 = Base64.getEncoder();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("position", position);
        node.put("steps", steps);
        node.put("wave", base64.encodeToString(wave));
        node.put("features", base64.encodeToString(features));
        ArrayNode layers = node.putArray("spikes");
        for (byte[] layer : spikes) {
            layers.add(base64.encodeToString(layer));
        }
        node.put("scores", base64.encodeToString(scores));
        ArrayNode sums = node.putArray("outputs");
        for (float sum : outputs) {
            sums.add(Float.isFinite(sum) ? Math.round(sum * 1e3) / 1e3 : 0);
        }
        node.put("levelDb", Math.round(levelDb * 10) / 10.0);
        return node;
    }
}
