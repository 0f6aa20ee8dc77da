package io.keyspike.trainer.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.WavWriter;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.trainer.common.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamRunTest {
    private static final int RATE = 16_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    /** Two words for low and high tones, "quiet" for silence, which is never reported. */
    private static KeywordModel model(Map<String, Float> thresholds) {
        FilterbankSpec features = FilterbankSpec.standard();
        int channels = features.width();
        float[] weight = new float[channels * 3];
        for (int c = 0; c < channels; c++) {
            weight[3 * c + (features.centreHz(c) < 1_200 ? 1 : 2)] = 30;
        }
        var network = new Network(
                NetworkGraph.ofChain(
                        features.stepSeconds(),
                        List.of(
                                new Node.Input("input", channels),
                                new Node.Diagonal("synapse", channels),
                                new Node.Lif("front", channels, Reset.SUBTRACT, 0f),
                                new Node.Dense("dense", channels, 3, true),
                                new Node.Readout("readout", 3))),
                Map.of(
                        "synapse.weight", Tensor.vector(filled(channels, 5)),
                        "front.decay", Tensor.vector(filled(channels, 0.5f)),
                        "front.threshold", Tensor.vector(filled(channels, 1)),
                        "dense.weight", Tensor.matrix(channels, 3, weight),
                        "dense.bias", Tensor.vector(1, 0, 0),
                        "readout.decay", Tensor.vector(filled(3, 0.9f))));
        var decision = new DecisionSettings(
                0,
                1,
                thresholds,
                0.1,
                0.7,
                0.1,
                null,
                new DecisionSettings.ClipDecision(DecisionSettings.ClipRule.MAXIMUM, 1));
        var provenance = new Provenance(
                "none", "0", 0, "", "test", "25", "any", "none", Map.of(), "none", "2026-01-01T00:00:00Z");
        return KeywordModel.of(
                "tones", features, network, List.of("quiet", "low", "high"), decision, ChipPower.H1, provenance);
    }

    private static KeywordModel model() {
        return model(Map.of("low", 0.9f, "high", 0.9f));
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    /** A second of silence before each tone of half a second, and one after the last. */
    private static short[] tones(double... frequenciesHz) {
        int half = RATE / 2;
        short[] samples = new short[half * (3 * frequenciesHz.length + 2)];
        for (int tone = 0; tone < frequenciesHz.length; tone++) {
            for (int i = 0; i < half; i++) {
                samples[half * (3 * tone + 2) + i] =
                        (short) Math.round(12_000 * Math.sin(2 * Math.PI * frequenciesHz[tone] * i / RATE));
            }
        }
        return samples;
    }

    private void write(String name, String labels, short... samples) throws IOException {
        WavWriter.write(folder.resolve(name + ".wav"), RATE, samples);
        Files.writeString(folder.resolve(name + ".tsv"), labels);
    }

    @BeforeEach
    void makeStreams() throws IOException {
        write("a", "1\t1.5\tlow\n2.5\t3\thigh\n4\t4.5\tmiddle\n", tones(300, 4_000, 300));
        write("b", "", tones(4_000));
        write("c", "1\t1.5\thigh\n", tones(300, 300, 300, 300, 4_000));
    }

    private List<HeardStream> hear(KeywordModel model, int threads, double blockSeconds) throws IOException {
        return new StreamRun(model, Backends.preferredSteps(), threads, Progress.NONE, () -> true, blockSeconds)
                .hear(StreamFolder.read(folder));
    }

    @Test
    void shouldHearTheSameHoweverStreamsAreCutAndManyRunSideBySide() throws IOException {
        List<HeardStream> expected = hear(model(), 1, 60);
        assertThat(expected).extracting(h -> h.scores().name()).containsExactly("a", "b", "c");
        assertThat(expected).extracting(h -> h.detections().size()).containsExactly(3, 1, 5);
        for (int threads : new int[] {1, 3}) {
            for (double blockSeconds : new double[] {0.000_5, 0.013, 1}) {
                List<HeardStream> heard = hear(model(), threads, blockSeconds);
                for (int i = 0; i < heard.size(); i++) {
                    assertThat(heard.get(i).detections())
                            .isEqualTo(expected.get(i).detections());
                    assertSameScores(
                            heard.get(i).scores().scores(),
                            expected.get(i).scores().scores());
                }
            }
        }
    }

    private static void assertSameScores(ScoreTrack track, ScoreTrack expected) {
        assertThat(track.steps()).isEqualTo(expected.steps());
        for (int k = 0; k < track.keywords().size(); k++) {
            for (int i = 0; i < track.steps(); i++) {
                assertThat(track.score(k, i)).isEqualTo(expected.score(k, i));
            }
        }
    }

    @Test
    void shouldReportWhatIsReportedLive() throws IOException {
        var spotter = new KeywordSpotter(model(), Backends.preferredSteps());
        var live = new ArrayList<Detection>();
        short[] samples = tones(300, 4_000, 300);
        spotter.process(spotter.newState(), samples, 0, samples.length, live::add);
        assertThat(hear(model(), 2, 1).getFirst().detections())
                .containsExactlyElementsOf(live.stream()
                        .map(d -> new StreamDetection((double) d.samplePosition() / RATE, d.keyword(), d.score()))
                        .toList());
    }

    @Test
    void shouldScoreEveryStepAsIfNothingWereReported() throws IOException {
        ScoreTrack track = hear(model(), 2, 1).getFirst().scores().scores();
        assertThat(track.keywords()).containsExactly("low", "high");
        var spotter = new KeywordSpotter(model(Map.of()), Backends.preferredSteps());
        short[] samples = tones(300, 4_000, 300);
        int[] step = new int[1];
        spotter.process(spotter.newState(), samples, 0, samples.length, d -> {}, (state, features, output) -> {
            assertThat(track.seconds(step[0])).isEqualTo((double) state.samplePosition() / RATE);
            assertThat(track.score(0, step[0])).isEqualTo(state.score(1));
            assertThat(track.score(1, step[0])).isEqualTo(state.score(2));
            step[0]++;
        });
        assertThat(track.steps()).isEqualTo(step[0]).isEqualTo(samples.length / 128);
    }

    @Test
    void shouldCountWhatIsKnownByTheWayTheStreamsAreMade() throws IOException {
        StreamFolder streams = StreamFolder.read(folder);
        StreamEvaluation evaluation = StreamEvaluation.of(model(), streams, hear(model(), 2, 1), 2, Progress.NONE);
        // In a, low and high are said and heard, and a low tone that is labelled as another word is reported. In b, a
        // high
        // tone is not labelled. In c, four low tones are not, nor the high one, and a low one is labelled as high.
        assertThat(evaluation.ignored()).isEqualTo(Map.of("middle", 1));
        assertThat(evaluation.hours()).isEqualTo((5.5 + 2.5 + 8.5) / 3_600);
        assertThat(evaluation.own().labels()).isEqualTo(3);
        assertThat(evaluation.own().hits()).isEqualTo(2);
        assertThat(evaluation.own().falseAlarms()).isEqualTo(1 + 1 + 5);
        assertThat(evaluation.keywords())
                .extracting(k ->
                        k.keyword() + " " + k.own().misses() + " " + k.own().falseAlarms())
                .containsExactly("low 0 5", "high 1 2");
        assertThat(evaluation.streams())
                .extracting(s -> s.count().hits() + " " + s.count().falseAlarms())
                .containsExactly("2 1", "0 1", "0 5");
        assertThat(evaluation.own().latencies()).allSatisfy(l -> assertThat(l).isBetween(-0.5, 0.0));
        assertThat(evaluation.pooled().sweeps()).hasSize(2);
    }

    @Test
    void shouldTakeAllButUnknownAndSilenceOfAModelWithoutThresholds() {
        assertThat(StreamRun.keywords(model(Map.of()))).containsExactly("quiet", "low", "high");
        assertThat(StreamRun.keywords(model())).containsExactly("low", "high");
    }

    @Test
    void shouldStopWhenAskedTo() {
        var run = new StreamRun(model(), Backends.preferredSteps(), 2, Progress.NONE, () -> false);
        assertThatThrownBy(() -> run.hear(StreamFolder.read(folder)))
                .isInstanceOf(CancellationException.class)
                .hasMessageStartingWith("stopped while listening to ");
    }

    @Test
    void shouldTellHowMuchHasBeenHeard() throws IOException {
        var told = new ArrayList<Long>();
        var run =
                new StreamRun(model(), Backends.preferredSteps(), 1, (what, done, total) -> told.add(done), () -> true);
        run.hear(StreamFolder.read(folder));
        // By their sizes in bytes the three last 5, 2 and 8 s at least.
        assertThat(told).isSorted().last().isEqualTo(15L);
    }

    @Test
    void shouldRefuseARecordingOfAnotherLengthThanItsLabelsState() throws IOException {
        Files.writeString(folder.resolve("b.tsv"), "#duration_s=9\n");
        assertThatThrownBy(() -> hear(model(), 2, 1))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("b.wav") + ": expected 9.0 s of sound as its labels state, found 2.5 s");
    }

    @Test
    void shouldTakeTheLengthThatTheLabelsState() throws IOException {
        Files.writeString(folder.resolve("b.tsv"), "#duration_s=3\n");
        assertThat(hear(model(), 2, 1).get(1).scores().durationSeconds()).isEqualTo(3);
    }

    @Test
    void shouldRefuseARecordingWithoutSoundAndAFileThatIsNone() throws IOException {
        write("b", "");
        assertThatThrownBy(() -> hear(model(), 2, 1)).hasMessageContaining("expected a recording of more than 0 s");
        Files.writeString(folder.resolve("b.wav"), "no sound");
        assertThatThrownBy(() -> hear(model(), 2, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a WAV, AIFF, AU or FLAC file");
    }
}
