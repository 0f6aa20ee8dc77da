package io.keyspike.app.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.http.Answer;
import io.keyspike.monitoring.http.PageFiles;
import io.keyspike.monitoring.http.Request;
import io.keyspike.monitoring.http.RequestException;
import io.keyspike.monitoring.http.Route;
import io.keyspike.monitoring.live.KeywordNote;
import io.keyspike.monitoring.live.Message;
import io.keyspike.monitoring.live.Viewer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page and its HTTP interface, listed in {@code docs/live-page.md}. */
public final class LivePage {

    private static final Logger LOG = LoggerFactory.getLogger(LivePage.class);

    private static final List<String> FILES = List.of(
            "index.html",
            "style.css",
            "app.js",
            "draw.js",
            "plots.js",
            "feed.js",
            "controls.js",
            "studio.js",
            "icon.svg");

    private static final int MOST_DEVICES_SHOWN = 50;

    private final LiveStreams streams;
    private final AdjustedSpotters spotters;
    private final @Nullable ModelControl models;
    private final Studio studio;
    private final @Nullable KeyspikeMeters meters;
    private final OtherDevices others;

    /**
     * @param models null if models cannot be chosen here
     * @param meters count the marks; null for none
     * @param others devices that this instance does not hear
     */
    public LivePage(
            LiveStreams streams,
            AdjustedSpotters spotters,
            @Nullable ModelControl models,
            Studio studio,
            @Nullable KeyspikeMeters meters,
            OtherDevices others) {
        this.streams = streams;
        this.spotters = spotters;
        this.models = models;
        this.studio = studio;
        this.meters = meters;
        this.others = others;
    }

    /** All routes. */
    public List<Route> routes() {
        var routes = new ArrayList<>(PageFiles.routes(LivePage.class, FILES));
        routes.add(Route.get("/live/state", request -> Answer.json(state())));
        routes.add(Route.get("/live/devices", this::devices));
        routes.add(Route.get("/live/devices/elsewhere", this::devicesElsewhere));
        routes.add(Route.get("/live/stream", this::stream));
        routes.add(Route.post("/live/model", this::useModel));
        routes.add(Route.post("/live/thresholds", this::adjust));
        routes.add(Route.post("/live/thresholds/save", this::save));
        routes.add(Route.getBelow("/live/sounds", this::sound));
        routes.add(Route.post("/live/marks", this::mark));
        routes.addAll(studio.routes(streams));
        return routes;
    }

    private ObjectNode state() {
        KeywordModel model = spotters.current().model();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("model", spotters.unadjusted().model().version());
        String inUse = models == null ? null : models.inUse();
        node.put("name", inUse == null ? model.name() : inUse);
        ArrayNode names = node.putArray("models");
        if (models != null) {
            models.names().forEach(names::add);
        }
        String refusal = models == null ? "The model was given on the command line." : models.refusal();
        node.put("canSwitch", refusal == null);
        node.put("whyNot", refusal);
        node.put("running", model.version());
        node.put("keepsSound", streams.sounds() != null);
        node.put("devices", streams.deviceCount());
        ArrayNode labels = node.putArray("labels");
        model.labels().forEach(labels::add);
        ObjectNode thresholds = node.putObject("thresholds");
        model.labels().forEach(label -> {
            Float threshold = model.decision().thresholds().get(label);
            if (threshold != null) {
                thresholds.put(label, threshold);
            }
        });
        ObjectNode saved = node.putObject("savedThresholds");
        spotters.unadjusted().model().decision().thresholds().forEach(saved::put);
        node.set("measured", measured(model));
        node.put("adjusted", !spotters.adjusted().isEmpty());
        node.set("studio", studio.state());
        return node;
    }

    /** What was measured of the model: by word, its thresholds and the false alarms an hour at each; null for nothing. */
    static @Nullable ObjectNode measured(KeywordModel model) {
        StreamQuality quality = model.quality();
        if (quality == null) {
            return null;
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("on", quality.measuredOn()).put("hours", quality.hours());
        ObjectNode words = node.putObject("words");
        quality.keywords().forEach((label, curve) -> {
            ObjectNode word = words.putObject(label);
            ArrayNode thresholds = word.putArray("thresholds");
            ArrayNode rates = word.putArray("falseAlarmsPerHour");
            for (ThresholdPoint point : curve.points()) {
                thresholds.add(point.threshold());
                rates.add(point.falseAlarms() / quality.hours());
            }
        });
        return node;
    }

    private static String searched(Request request) {
        String text = request.query("search");
        return text == null ? "" : text;
    }

    private static int limit(Request request) {
        return request.query("limit", MOST_DEVICES_SHOWN, 1, 1_000);
    }

    /** Asked apart from the others, since another instance may take seconds to answer, or not to. */
    private Answer devicesElsewhere(Request request) {
        OtherDevices.Found found = others.find(searched(request), limit(request));
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode list = node.putArray("devices");
        found.instances()
                .forEach((device, instance) ->
                        list.addObject().put("name", device).put("instance", instance));
        ArrayNode notes = node.putArray("notes");
        found.silent().forEach(notes::add);
        return Answer.json(node);
    }

    private Answer devices(Request request) {
        String text = searched(request);
        int limit = limit(request);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode list = node.putArray("devices");
        long now = System.currentTimeMillis();
        for (LiveStreams.Heard each : streams.devices(text, limit)) {
            list.addObject().put("name", each.name).put("secondsAgo", Math.max(0, now - each.atMillis) / 1_000);
        }
        node.put("all", streams.deviceCount());
        return Answer.json(node);
    }

    private Answer stream(Request request) {
        Viewer viewer = streams.feed().open(request.required("device"));
        if (viewer == null) {
            throw new RequestException(503, "too many browsers are connected");
        }
        return Answer.streamed("text/event-stream; charset=utf-8", out -> {
            try {
                viewer.sendTo(out);
            } finally {
                streams.feed().close(viewer);
            }
        });
    }

    private Answer useModel(Request request) throws IOException {
        ModelControl control = control();
        String name = text(request.json(), "name");
        try {
            control.use(name);
        } catch (IllegalStateException e) {
            throw new RequestException(409, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw RequestException.notFound("expected one of " + control.names() + ", found a different name");
        } catch (IOException e) {
            LOG.warn("cannot activate the model {}: {}", name, e.getMessage());
            throw new RequestException(
                    409, "the model cannot be activated; the previous one stays active, see the log for the reason");
        }
        spotters.adjust(Map.of());
        return changed();
    }

    private Answer adjust(Request request) throws IOException {
        var wanted = new HashMap<>(spotters.adjusted());
        KeywordModel model = spotters.unadjusted().model();
        for (Map.Entry<String, JsonNode> each : request.json().properties()) {
            String word = each.getKey();
            double threshold = each.getValue().asDouble(Double.NaN);
            if (!model.decision().thresholds().containsKey(word)) {
                throw RequestException.malformed("expected one of the model's keywords, found a different word");
            }
            if (!(threshold > 0 && threshold <= 1)) {
                throw RequestException.malformed("expected a threshold above 0 and up to 1, found something else");
            }
            wanted.put(word, (float) threshold);
        }
        spotters.adjust(wanted);
        return changed();
    }

    private Answer save(Request request) throws IOException {
        request.json();
        ModelControl control = control();
        KeywordModel model = spotters.unadjusted().model();
        Map<String, Float> adjusted = spotters.adjusted();
        if (adjusted.isEmpty()) {
            throw RequestException.malformed("no thresholds have changed");
        }
        try {
            control.save(
                    model.withDecision(AdjustedSpotters.with(model.decision(), model.labels(), adjusted)),
                    model.name());
        } catch (IllegalStateException e) {
            throw new RequestException(409, String.valueOf(e.getMessage()));
        }
        spotters.adjust(Map.of());
        return changed();
    }

    /** Another model has become active, by whatever way: every browser is told. */
    public void modelChanged() {
        changed();
    }

    /** Notifies every browser, including the one that made the change. */
    private Answer changed() {
        ObjectNode now = state();
        streams.feed().tellAll(new Message("state", () -> now));
        return Answer.json(now);
    }

    private ModelControl control() {
        ModelControl control = models;
        if (control == null) {
            throw new RequestException(409, "the model cannot be changed here");
        }
        return control;
    }

    private Answer sound(Request request) {
        KeptSounds sounds = streams.sounds();
        KeptSounds.Sound sound = sounds == null ? null : sounds.of(request.rest());
        if (sound == null) {
            throw RequestException.notFound("the audio of this detection was not kept");
        }
        boolean whole = "true".equals(request.query("whole"));
        return Answer.bytes(200, "audio/wav", WavBytes.of(whole ? sound : sound.fromBeforeTheWord()));
    }

    private Answer mark(Request request) throws IOException {
        ObjectNode asked = request.json();
        String id = text(asked, "id");
        JsonNode right = asked.get("right");
        if (right == null || !right.isBoolean()) {
            throw RequestException.malformed("expected true or false for 'right'");
        }
        KeywordNote note = byId().get(id);
        if (note == null) {
            throw RequestException.notFound("expected one of the recent detections, found a different one");
        }
        KeptSounds sounds = streams.sounds();
        studio.feedback().mark(note, right.asBoolean(), sounds == null ? null : sounds.of(id));
        if (meters != null) {
            meters.mark(note.keyword(), right.asBoolean());
        }
        return Answer.done();
    }

    private Map<String, KeywordNote> byId() {
        var notes = new LinkedHashMap<String, KeywordNote>();
        streams.feed().keywords().forEach(note -> notes.put(note.id(), note));
        return notes;
    }

    static String text(ObjectNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null || !value.isTextual()) {
            throw RequestException.malformed("expected a string for " + name);
        }
        return value.asText();
    }
}
