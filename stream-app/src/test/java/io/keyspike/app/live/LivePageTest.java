package io.keyspike.app.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.live.LevelCheck.Verdict;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.http.HttpService;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivePageTest {

    private static final int RATE = 16_000;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private KeywordSpotter spotter;
    private HttpService http;
    private AdjustedSpotters spotters;

    @BeforeEach
    void readModel() throws IOException {
        Path root = Path.of(System.getProperty("keyspike.root", "")).toAbsolutePath();
        spotter = new KeywordSpotter(
                ModelFiles.read(root.resolve("model-zoo/yes-no-clips.safetensors")), Backends.preferredSteps());
        spotters = new AdjustedSpotters(SpotterProvider.fixed(spotter));
        http = HttpService.start("127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        http.close();
        client.shutdownNow();
    }

    private LiveStreams serve(boolean keepSound) {
        var streams = new LiveStreams(keepSound);
        var studio = new Studio(folder.resolve("sound"), keepSound, null);
        http.addAll(new LivePage(streams, spotters, null, studio, null, OtherDevices.NONE).routes());
        return streams;
    }

    @Test
    void shouldKeepNothingOfTheSoundUnlessSwitchedOn() throws Exception {
        LiveStreams streams = serve(false);
        String id = hear(streams);

        assertThat(post("/live/recordings", "{\"word\":\"computer\",\"device\":\"a\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(get("/live/sounds/" + id).statusCode()).isEqualTo(404);
        assertThat(post("/live/marks", "{\"id\":\"" + id + "\",\"right\":false}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(streams.sounds()).isNull();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .as("the mark alone")
                    .containsExactly(folder.resolve("sound/marks.jsonl"));
        }
        assertThat(Files.readString(folder.resolve("sound/marks.jsonl"))).doesNotContain("clip");
    }

    @Test
    void shouldPlayBackAndKeepWhatIsMarkedWhereSwitchedOn() throws Exception {
        LiveStreams streams = serve(true);
        String id = hear(streams);

        HttpResponse<String> sound = get("/live/sounds/" + id);
        assertThat(sound.statusCode()).isEqualTo(200);
        assertThat(sound.headers().firstValue("Content-Type")).hasValue("audio/wav");
        assertThat(folder.resolve("sound")).as("played back from memory").doesNotExist();
        assertThat(post("/live/marks", "{\"id\":\"" + id + "\",\"right\":true}").statusCode())
                .isEqualTo(204);
        assertThat(folder.resolve("sound/clips/" + id + ".wav")).isRegularFile();
    }

    @Test
    void shouldShowWhatWasMeasuredOfTheModel() throws Exception {
        serve(false);
        assertThat(state().get("measured").isNull()).isTrue();

        var curve = new ThresholdCurve(5, List.of(new ThresholdPoint(0.5f, 8, 0), new ThresholdPoint(0.75f, 1, 2)));
        KeywordModel model = spotter.model().withQuality(new StreamQuality("4 h of speech", 4, Map.of("yes", curve)));
        assertThat(LivePage.measured(model))
                .asString()
                .isEqualTo("{\"on\":\"4 h of speech\",\"hours\":4.0,\"words\":{\"yes\":{\"thresholds\":[0.5,0.75],"
                        + "\"falseAlarmsPerHour\":[2.0,0.25]}}}");
    }

    private JsonNode state() throws Exception {
        return new ObjectMapper().readTree(get("/live/state").body());
    }

    @Test
    void shouldHearWithAnotherThresholdAtOnceAndWithTheModelsOwnAgain() throws Exception {
        serve(false);
        assertThat(post("/live/thresholds", "{\"yes\":0.25}").statusCode()).isEqualTo(200);
        assertThat(spotters.current().model().decision().thresholds()).containsEntry("yes", 0.25f);
        assertThat(spotters.current()).as("the same as long as nothing changes").isSameAs(spotters.current());
        assertThat(new ObjectMapper()
                        .readTree(get("/live/state").body())
                        .path("adjusted")
                        .asBoolean())
                .isTrue();
        spotters.adjust(Map.of());
        assertThat(spotters.current()).isSameAs(spotter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/live/thresholds | {\"yes\":0} | 400",
                "/live/thresholds | {\"yes\":2} | 400",
                "/live/thresholds | {\"yes\":\"x\"} | 400",
                "/live/thresholds | {\"yes\":\"0.5\"} | 400",
                "/live/thresholds | {\"yes\":true} | 400",
                "/live/thresholds | {\"yes\":1e-320} | 400",
                "/live/thresholds | {\"yes\":0.5,\"yes\":0.6} | 400",
                "/live/thresholds | {\"nothing\":0.5} | 400",
                "/live/thresholds | {\"yes\" | 400",
                "/live/marks | {\"id\":\"none\",\"right\":true} | 404",
                "/live/marks | {\"id\":1,\"right\":true} | 400",
                "/live/model | {\"name\":\"../x\"} | 409",
                "/live/recordings | {\"word\":\"../x\",\"device\":\"a\"} | 400",
                "/live/recordings/keep | {\"id\":\"../x\"} | 404",
                "/live/training | {\"word\":\"x\",\"name\":\"y\"} | 409",
            })
    void shouldRefuseWhatIsNotAsExpected(String path, String body, int status) throws Exception {
        serve(true);
        assertThat(post(path, body).statusCode()).isEqualTo(status);
        assertThat(folder.resolve("sound")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "/live/stream, 400",
        "/live/sounds/../../x, 404",
        "/page/../LivePage.class, 404",
        "/page/nothing.js, 404"
    })
    void shouldNotFindWhatIsNotThere(String path, int status) throws Exception {
        serve(true);
        assertThat(get(path).statusCode()).isEqualTo(status);
    }

    /** What a click into the picker asks for. */
    @Test
    void shouldListAllDevicesForAnEmptySearch() throws Exception {
        LiveStreams streams = serve(false);
        hear(streams);
        HttpResponse<String> answer = get("/live/devices?limit=50&search=");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(answer.body()).findValuesAsText("name"))
                .containsExactly("a");
    }

    @Test
    void shouldNameTheDevicesOfOtherInstances() throws Exception {
        var streams = new LiveStreams(false);
        OtherDevices others =
                (text, limit) -> new OtherDevices.Found(Map.of("hall", "10.0.0.2:9464"), List.of("One is missing."));
        var studio = new Studio(folder.resolve("sound"), false, null);
        http.addAll(new LivePage(streams, spotters, null, studio, null, others).routes());
        assertThat(get("/live/devices/elsewhere?search=").body().strip())
                .isEqualTo("{\"devices\":[{\"name\":\"hall\",\"instance\":\"10.0.0.2:9464\"}],"
                        + "\"notes\":[\"One is missing.\"]}");
    }

    /** The cluster's model runs, although another one is active in this machine's folder. */
    @Test
    void shouldShowTheModelThatRunsAndSwitchNoOtherWhereTheClusterDecides() throws Exception {
        Path zoo = Path.of(System.getProperty("keyspike.root", ""))
                .toAbsolutePath()
                .resolve("model-zoo");
        try (var registry = ModelRegistry.open(folder.resolve("models"), Backends.preferredSteps(), false, e -> {})) {
            registry.add(zoo.resolve("commands-12.safetensors"), "commands-12");
            registry.add(zoo.resolve("yes-no-clips.safetensors"), "yes-no-clips");
            registry.use("commands-12");
            var refusal = new AtomicReference<@Nullable String>(null);
            var models = new RegistryModels(registry, refusal::get, Map::of, RATE);
            var studio = new Studio(folder.resolve("sound"), false, null);
            http.addAll(
                    new LivePage(new LiveStreams(false), spotters, models, studio, null, OtherDevices.NONE).routes());
            assertThat(state().path("canSwitch").asBoolean()).isTrue();
            assertThat(state().path("name").asText()).isEqualTo("commands-12");

            refusal.set("The cluster decides."); // after the page was opened
            assertThat(state().path("canSwitch").asBoolean()).isFalse();
            assertThat(state().path("whyNot").asText()).isEqualTo("The cluster decides.");
            assertThat(state().path("name").asText()).as("what runs").isEqualTo("yes-no-clips");
            HttpResponse<String> answer = post("/live/model", "{\"name\":\"yes-no-clips\"}");
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("The cluster decides.");
            assertThat(registry.currentName()).isEqualTo("commands-12");
        }
    }

    @Test
    void shouldPlayBackADetectionFromASecondBeforeTheWord() throws Exception {
        short[] samples = new short[10 * RATE];
        for (int i = 0; i < RATE / 2; i++) {
            samples[9 * RATE + i] = (short) (8_000 * Math.sin(i * 0.2)); // ends half a second before the detection
        }
        short[] played = new KeptSounds.Sound(RATE, samples).fromBeforeTheWord().samples();
        assertThat(played.length / (double) RATE).isBetween(1.9, 2.2);
        assertThat(new KeptSounds.Sound(RATE, new short[RATE])
                        .fromBeforeTheWord()
                        .samples())
                .as("no more than there is")
                .hasSize(RATE);
    }

    @Test
    void shouldShowSilenceAsSilenceAndATonesLevelInItsChannel() {
        for (FeatureSpec spec : List.of(spotter.model().features(), LogMelSpec.standard())) {
            var levels = new ChannelLevels(spec);
            float[] decibels = new float[spec.channels()];
            levels.take(new short[RATE / 4]);
            levels.next(decibels);
            assertThat(decibels).containsOnly(ChannelLevels.FLOOR_DB);

            int channel = spec.channels() / 2;
            short[] tone = new short[RATE / 2];
            for (int i = 0; i < tone.length; i++) {
                tone[i] = (short) (3_276.7 * Math.sin(2 * Math.PI * spec.channelHz(channel) * i / RATE));
            }
            levels.take(tone);
            for (int i = 0; i < 8; i++) {
                levels.next(decibels);
            }
            assertThat((double) decibels[channel]).isCloseTo(-20, within(2.0));
            assertThat((double) decibels[spec.channels() - 1]).isLessThan(-35);
        }
    }

    @Test
    void shouldServeEveryFileThatThePageAsksFor() throws Exception {
        serve(false);
        for (String path : new String[] {"/", "/page/app.js", "/page/style.css", "/page/icon.svg"}) {
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).doesNotContain("innerHTML").doesNotContainPattern("(src|href)=\"https?:");
        }
    }

    @Test
    void shouldTellWhetherARecordingIsFitToLearnFrom() {
        assertThat(LevelCheck.of(speech(8_000, 20), RATE).verdict()).isEqualTo(Verdict.GOOD);
        assertThat(LevelCheck.of(speech(100, 1), RATE).verdict()).isEqualTo(Verdict.TOO_QUIET);
        assertThat(LevelCheck.of(speech(90_000, 20), RATE).verdict()).isEqualTo(Verdict.CLIPPED);
        assertThat(LevelCheck.of(speech(8_000, 3_000), RATE).verdict()).isEqualTo(Verdict.NOISY);
    }

    @Test
    void shouldCutARecordingToWhatIsSpokenHoweverLong() {
        for (double seconds : new double[] {0.5, 2.5}) {
            var recorder = new WordRecorder();
            recorder.begin("id", "hey-penguin", "a");
            short[] samples = new short[(int) (WordRecorder.RECORDED_SECONDS * RATE)];
            for (int i = 0; i < seconds * RATE; i++) {
                samples[RATE / 2 + i] = (short) (8_000 * Math.sin(i * 0.2));
            }
            recorder.take("a", RATE, samples);
            WordRecorder.Recording found = Objects.requireNonNull(recorder.of("id"));
            assertThat(Studio.clip(found).length / (double) RATE).isBetween(seconds, seconds + 0.4);
        }
    }

    /** Half a second of a tone amid noise. */
    private static short[] speech(double loudness, double noise) {
        var random = new Random(1);
        short[] samples = new short[RATE * 3 / 2];
        for (int i = 0; i < samples.length; i++) {
            double tone = i > RATE / 2 && i < RATE ? loudness * Math.sin(i * 0.2) : 0;
            samples[i] = (short) Math.max(-32_768, Math.min(32_767, tone + noise * random.nextGaussian()));
        }
        return samples;
    }

    /** @return id of a detection on a watched device */
    private String hear(LiveStreams streams) {
        streams.feed().keep("a");
        var state = spotter.newState();
        short[] frame = speech(8_000, 20);
        spotter.process(state, frame, 0, frame.length, heard -> {}, streams.frame("a", spotter, frame));
        streams.heard("a", new Detection(0, "yes", 0.9f, 100), "yes-no@1", 10);
        return streams.feed().keywords().getLast().id();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(http.uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(http.uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
