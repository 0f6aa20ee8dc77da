package io.keyspike.app.wyoming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.json.Json;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The session of one satellite: describes the service, runs the model on its audio and reports each wake word. Every word
 * that the model reports is a wake word; a satellite may select some of them. Not thread-safe.
 */
final class WakeSession {

    /** Silence appended to a stream, so that a word at the very end is detected. */
    private static final double TAIL_SECONDS = 0.5;

    /** Sends answers. */
    @FunctionalInterface
    interface Answers {
        void send(WyomingEvent event) throws IOException;
    }

    /** Receives each detected wake word, for the service's own output. */
    @FunctionalInterface
    interface Listener {
        void heard(Detection detection, String model);
    }

    private final Supplier<KeywordSpotter> models;
    private final String language;
    private final Answers answers;
    private final Listener listener;
    private final List<Detection> heard = new ArrayList<>();

    private KeywordSpotter spotter;
    private SpotterState state;
    private ChunkSound sound;

    /** The selected words; null for all. */
    private @Nullable Set<String> names;

    /** Data of the latest {@code audio-start}. */
    private ObjectNode start = Json.object();

    private boolean streaming;
    private boolean detected;

    /** @param language of the words, as reported to satellites */
    WakeSession(Supplier<KeywordSpotter> models, String language, Answers answers, Listener listener) {
        this.models = models;
        this.language = language;
        this.answers = answers;
        this.listener = listener;
        this.spotter = models.get();
        this.state = spotter.newState();
        this.sound = new ChunkSound(rateHz(), start);
    }

    /**
     * Handles an event; events that are not for a wake-word service are ignored.
     *
     * @throws WyomingException if it violates the protocol
     */
    void take(WyomingEvent event) throws IOException {
        switch (event.type()) {
            case "describe" -> answers.send(info());
            case "ping" -> answers.send(pong(event));
            case "detect" -> detect(event);
            case "audio-start" -> {
                start = event.data();
                begin();
            }
            case "audio-chunk" -> hear(event);
            case "audio-stop" -> end();
            default -> {
                // Satellites send many events meant for other services.
            }
        }
    }

    private static WyomingEvent pong(WyomingEvent ping) {
        JsonNode text = ping.data().path("text");
        return WyomingEvent.of("pong", text.isTextual() ? Json.object().put("text", text.textValue()) : Json.object());
    }

    private void detect(WyomingEvent event) throws IOException {
        JsonNode asked = event.data().path("names");
        names = null;
        if (asked.isArray() && !asked.isEmpty()) {
            var wanted = new TreeSet<String>();
            for (JsonNode name : asked) {
                if (!name.isTextual()) {
                    throw new WyomingException(
                            "detect: expected a list of texts as names, found " + WyomingCodec.shown(name) + " in it");
                }
                wanted.add(name.textValue());
            }
            names = wanted;
            var unknown = new TreeSet<>(wanted);
            unknown.removeAll(words());
            if (!unknown.isEmpty()) {
                answers.send(WyomingEvent.error("expected wake words of " + words() + ", found " + unknown));
            }
        }
        begin();
    }

    private void begin() {
        spotter = models.get();
        state = spotter.newState();
        sound = new ChunkSound(rateHz(), start);
        streaming = true;
        detected = false;
    }

    private void hear(WyomingEvent chunk) throws IOException {
        if (!streaming) {
            begin();
        }
        KeywordSpotter now = models.get();
        if (now != spotter) {
            change(now);
        }
        ChunkSound.Samples samples = sound.take(chunk);
        spotter.process(state, samples.samples(), 0, samples.count(), heard::add);
        JsonNode timestamp = chunk.data().path("timestamp");
        tell(timestamp.canConvertToLong() ? Long.valueOf(timestamp.longValue()) : null);
    }

    /** Handles a change of the active model; one for another sample rate takes effect with the next stream. */
    private void change(KeywordSpotter now) {
        boolean sameRate = now.model().features().sampleRateHz() == rateHz();
        state = sameRate ? now.takeOver(spotter, state) : now.newState();
        spotter = now;
        if (!sameRate) {
            sound = new ChunkSound(rateHz(), start);
        }
    }

    private void end() throws IOException {
        if (!streaming) {
            return;
        }
        ChunkSound.Samples rest = sound.finish();
        spotter.process(state, rest.samples(), 0, rest.count(), heard::add);
        int tail = (int) Math.round(TAIL_SECONDS * rateHz());
        spotter.process(state, new short[tail], 0, tail, heard::add);
        tell(null);
        if (!detected) {
            answers.send(WyomingEvent.of("not-detected"));
        }
        streaming = false;
    }

    /** @param timestamp of the chunk, in milliseconds; null if it has none */
    private void tell(@Nullable Long timestamp) throws IOException {
        for (Detection detection : heard) {
            if (names == null || names.contains(detection.keyword())) {
                detected = true;
                listener.heard(detection, spotter.model().version());
                long millis = timestamp != null ? timestamp : detection.samplePosition() * 1_000 / rateHz();
                answers.send(WyomingEvent.of(
                        "detection",
                        Json.object().put("name", detection.keyword()).put("timestamp", millis)));
            }
        }
        heard.clear();
    }

    private WyomingEvent info() {
        KeywordModel model = models.get().model();
        ObjectNode program = artifact("keyspike", "Keyword spotting with spiking neural networks", model.version());
        ArrayNode wakeModels = program.putArray("models");
        for (String word : model.decision().thresholds().keySet()) {
            ObjectNode wake = artifact(word, "'" + word + "', detected by " + model.name(), model.version());
            wake.put("phrase", word);
            wake.putArray("languages").add(language);
            wakeModels.add(wake);
        }
        ObjectNode data = Json.object();
        data.putArray("wake").add(program);
        return WyomingEvent.of("info", data);
    }

    private static ObjectNode artifact(String name, String description, String version) {
        ObjectNode artifact = Json.object().put("name", name);
        artifact.putObject("attribution").put("name", "Keyspike").put("url", "");
        return artifact.put("installed", true).put("description", description).put("version", version);
    }

    private Set<String> words() {
        return models.get().model().decision().thresholds().keySet();
    }

    private int rateHz() {
        return spotter.model().features().sampleRateHz();
    }
}
