package io.keyspike.app.kafka.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.kafka.device.CaptureTime;
import io.keyspike.app.kafka.device.DeviceState;
import io.keyspike.app.kafka.device.SavedDevice;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/** A device as JSON. */
final class DeviceJson {

    private DeviceJson() {}

    /** The full description. */
    static ObjectNode state(String device, SavedDevice saved) {
        ObjectNode json = entry(device, saved);
        if (saved.begun()) {
            json.put("lastSequence", saved.next() - 1);
        } else {
            json.putNull("lastSequence");
        }
        json.put("sessionId", HexFormat.of().toHexDigits(saved.session()));
        json.put("restarts", saved.restarts());
        json.put("samplePosition", saved.samplePosition());
        json.put("framesWaiting", saved.held().size());
        // A device that does not know the time may send what is no date.
        if (saved.begun() && CaptureTime.isDate(saved.newestCaptureMicros())) {
            json.put("lastCapture", micros(saved.newestCaptureMicros()));
        }
        var rates = json.putArray("firingRates");
        for (float rate : saved.rates()) {
            rates.add(rate);
        }
        var events = json.putArray("recentEvents");
        for (DeviceState.Heard heard : saved.recent()) {
            events.addObject()
                    .put("keyword", heard.keyword())
                    .put("score", heard.score())
                    .put("sessionId", HexFormat.of().toHexDigits(heard.session()))
                    .put("samplePosition", heard.samplePosition())
                    .put("audioTime", CaptureTime.isDate(heard.audioMicros()) ? micros(heard.audioMicros()) : null)
                    .put("emittedAt", micros(heard.emittedMicros()));
        }
        return json;
    }

    /** An entry of a list. */
    static ObjectNode entry(String device, SavedDevice saved) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("device", device);
        json.put("model", saved.model());
        if (saved.heardAtMillis() > 0) {
            json.put("lastHeard", Instant.ofEpochMilli(saved.heardAtMillis()).toString());
        } else {
            json.putNull("lastHeard");
        }
        return json;
    }

    private static String micros(long sinceEpoch) {
        return Instant.EPOCH.plus(sinceEpoch, ChronoUnit.MICROS).toString();
    }
}
