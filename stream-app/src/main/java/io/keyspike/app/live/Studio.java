package io.keyspike.app.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.monitoring.http.Answer;
import io.keyspike.monitoring.http.Request;
import io.keyspike.monitoring.http.RequestException;
import io.keyspike.monitoring.http.Route;
import io.keyspike.monitoring.live.LiveFeed;
import io.keyspike.trainer.compose.SpeechExtent;
import io.keyspike.trainer.compose.Utterance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records samples of new words and trains on them: recordings are kept below {@code words} of the audio folder, a folder for
 * each word as {@code train} and {@code keyword new} expect them. A word may have several parts; its folder joins them with
 * hyphens.
 */
public final class Studio implements AutoCloseable {

    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9']*([ -][a-z0-9']+){0,3}");
    private static final int LONGEST_WORD = 32;

    /** The longest word or phrase, and what is left around it. */
    private static final double LONGEST_SECONDS = 3;

    private static final double MARGIN_SECONDS = 0.15;

    private final Path folder;
    private final boolean recording;
    private final Feedback feedback;
    private final @Nullable TrainingRun training;

    /**
     * @param folder for marks and kept recordings; created with the first one
     * @param recording whether audio may be stored at all
     * @param training how to train; null if training is not available
     */
    public Studio(Path folder, boolean recording, @Nullable TrainingRun training) {
        this.folder = folder;
        this.recording = recording;
        this.training = training;
        this.feedback = new Feedback(folder);
    }

    Feedback feedback() {
        return feedback;
    }

    ObjectNode state() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("canRecord", recording);
        node.put("canTrain", training != null);
        node.put("folder", folder.toString());
        if (training != null) {
            node.set("training", training.state());
        }
        ObjectNode words = node.putObject("words");
        try {
            counts(words);
        } catch (IOException e) {
            words.removeAll();
        }
        return node;
    }

    private void counts(ObjectNode words) throws IOException {
        Path all = folder.resolve("words");
        if (!Files.isDirectory(all)) {
            return;
        }
        try (Stream<Path> folders = Files.list(all)) {
            for (Path each : folders.sorted().toList()) {
                if (Files.isDirectory(each)) {
                    try (Stream<Path> clips = Files.list(each)) {
                        words.put(String.valueOf(each.getFileName()), clips.count());
                    }
                }
            }
        }
    }

    List<Route> routes(LiveStreams streams) {
        WordRecorder recorder = streams.recorder();
        return List.of(
                Route.post("/live/recordings", request -> record(request, recorder)),
                Route.getBelow("/live/recordings", request -> Answer.json(recording(recorder, request.rest()))),
                Route.getBelow("/live/recorded", request -> play(recorder, request.rest())),
                Route.post("/live/recordings/keep", request -> keep(request, recorder)),
                Route.post("/live/training", request -> train(request, streams.feed())),
                Route.post("/live/training/stop", request -> stop(request)));
    }

    private Answer record(Request request, WordRecorder recorder) throws IOException {
        ObjectNode asked = request.json();
        if (!recording) {
            throw new RequestException(409, "recordings are off; start with --keep-sound");
        }
        String word = folderOf(word(LivePage.text(asked, "word")));
        String id = UUID.randomUUID().toString();
        recorder.begin(id, word, LivePage.text(asked, "device"));
        return Answer.json(
                JsonNodeFactory.instance.objectNode().put("id", id).put("seconds", WordRecorder.RECORDED_SECONDS));
    }

    private static ObjectNode recording(WordRecorder recorder, String id) {
        WordRecorder.Recording found = found(recorder, id);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("done", found.isDone());
        if (found.isDone()) {
            LevelCheck check = LevelCheck.of(found.samples(), found.sampleRateHz());
            node.put("verdict", check.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            node.put("peakDb", Math.round(check.peakDb() * 10) / 10.0);
            node.put("speechDb", Math.round(check.speechDb() * 10) / 10.0);
            node.put("noiseDb", Math.round(check.noiseDb() * 10) / 10.0);
        }
        return node;
    }

    private static Answer play(WordRecorder recorder, String id) {
        WordRecorder.Recording found = done(recorder, id);
        return Answer.bytes(200, "audio/wav", WavBytes.of(new KeptSounds.Sound(found.sampleRateHz(), clip(found))));
    }

    private Answer keep(Request request, WordRecorder recorder) throws IOException {
        String id = LivePage.text(request.json(), "id");
        WordRecorder.Recording found = done(recorder, id);
        Path file = folder.resolve("words").resolve(found.word).resolve(id + ".wav");
        WavBytes.write(file, found.sampleRateHz(), clip(found));
        recorder.forget(id);
        return Answer.json(state());
    }

    /** From a little before the speech to a little after it, so that what is learnt is the word and not the pause. */
    static short[] clip(WordRecorder.Recording found) {
        int rate = found.sampleRateHz();
        short[] samples = found.samples();
        Utterance word = SpeechExtent.find(found.word, samples, rate);
        if (word == null) {
            return LevelCheck.loudest(samples, rate);
        }
        int margin = (int) (MARGIN_SECONDS * rate);
        int from = Math.max(0, word.start() - margin);
        int to = Math.min(samples.length, word.end() + margin);
        short[] spoken = Arrays.copyOfRange(samples, from, to);
        return LevelCheck.loudest(spoken, (int) (LONGEST_SECONDS * rate));
    }

    private Answer train(Request request, LiveFeed feed) throws IOException {
        ObjectNode asked = request.json();
        TrainingRun run = running();
        String word = word(LivePage.text(asked, "word"));
        double rate = asked.has("falseAlarmsPerHour")
                ? Request.number(asked.get("falseAlarmsPerHour"), "falseAlarmsPerHour", 1e-6, 1e6)
                : TrainingRun.USUAL_FALSE_ALARMS;
        run.start(new TrainingRun.Task(word, folderOf(word), rate), LivePage.text(asked, "name"), feed);
        return Answer.json(run.state());
    }

    private Answer stop(Request request) throws IOException {
        request.json();
        TrainingRun run = running();
        run.stop();
        return Answer.json(run.state());
    }

    private TrainingRun running() {
        TrainingRun run = training;
        if (run == null) {
            throw new RequestException(409, "no training data; start with --train-data DIR");
        }
        return run;
    }

    private static WordRecorder.Recording found(WordRecorder recorder, String id) {
        WordRecorder.Recording found = recorder.of(id);
        if (found == null) {
            throw RequestException.notFound("expected one of the recent recordings, found a different one");
        }
        return found;
    }

    private static WordRecorder.Recording done(WordRecorder recorder, String id) {
        WordRecorder.Recording found = found(recorder, id);
        if (!found.isDone()) {
            throw new RequestException(409, "the recording is still in progress");
        }
        return found;
    }

    private static String word(String typed) {
        String word = typed.strip().toLowerCase(Locale.ROOT);
        if (word.length() > LONGEST_WORD || !WORD.matcher(word).matches()) {
            throw RequestException.malformed(
                    "expected one to four words of up to 32 of a-z, 0-9, apostrophe, space and hyphen"
                            + " together, found something else");
        }
        return word;
    }

    private static String folderOf(String word) {
        return word.replace("'", "").replace(' ', '-');
    }

    @Override
    public void close() {
        if (training != null) {
            training.close();
        }
    }
}
