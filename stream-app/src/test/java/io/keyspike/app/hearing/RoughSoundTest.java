package io.keyspike.app.hearing;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.ToneModel;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterGroup;
import io.keyspike.models.spotter.SpotterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped model, and one made by hand under both decision rules, on sound that is not what it was trained on. */
class RoughSoundTest {
    private static final int SECONDS = 12;
    private static final int FULL_SCALE = Short.MAX_VALUE;

    /** How long after a sound's end its last words may still be reported. */
    private static final double TAIL_SECONDS = 2;

    private static final Path ZOO = Path.of("").toAbsolutePath().resolveSibling("model-zoo");

    static Stream<KeywordModel> models() throws IOException {
        var models = new ArrayList<KeywordModel>();
        KeywordModel tones = ToneModel.named("tones", "low", "high");
        models.add(tones);
        models.add(tones.withName("tones-each").withDecision(tones.decision().each(0.8f, Map.of())));
        try (Stream<Path> files = Files.list(ZOO)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList()) {
                models.add(ModelFiles.read(file));
            }
        }
        return models.stream();
    }

    /** By name, {@link #SECONDS} of sound each. */
    private static Map<String, short[]> sounds(int rate) {
        var random = new Random(13);
        int length = SECONDS * rate;
        double[] white = new double[length];
        Arrays.setAll(white, i -> random.nextGaussian());
        double[] speechLike = bursts(length, rate, white, 0.25);
        double[] chord = new double[length];
        double[] tone = new double[length];
        double[] once = new double[length];
        for (int i = 0; i < length; i++) {
            double t = (double) i / rate;
            double root = 220 * Math.pow(2, (int) (2 * t) % 5 / 12.0);
            chord[i] = 0.2 * (sine(root, t) + sine(1.26 * root, t) + sine(1.5 * root, t));
            tone[i] = 0.4 * sine(1_000, t);
            // One "word" of a low and a high part, every second.
            double within = t - Math.floor(t);
            once[i] = within < 0.4 ? 0.5 * sine(within < 0.2 ? 300 : 4_000, t) : 0;
        }
        var sounds = new HashMap<String, short[]>();
        sounds.put("clipping", pcm(speechLike, 20));
        sounds.put("full-scale square", pcm(tone, 1_000));
        sounds.put("offset", offset(pcm(speechLike, 0.1), 12_000));
        sounds.put("white noise", pcm(white, 0.1));
        sounds.put("tone", pcm(tone, 1));
        sounds.put("chords", pcm(chord, 1));
        sounds.put("telephone", pcm(telephone(white, rate), 0.3));
        sounds.put("one word repeated", pcm(once, 1));
        return sounds;
    }

    private static double sine(double hertz, double t) {
        return Math.sin(2 * Math.PI * hertz * t);
    }

    /** Noise in syllables. */
    private static double[] bursts(int length, int rate, double[] noise, double seconds) {
        double[] sound = new double[length];
        for (int i = 0; i < length; i++) {
            sound[i] = 0.3 * noise[i] * Math.max(0, sine(0.5 / seconds, (double) i / rate));
        }
        return sound;
    }

    /** First-order high-pass and low-pass filters, three times over. */
    private static double[] telephone(double[] sound, int rate) {
        double[] filtered = sound.clone();
        double high = Math.exp(-2 * Math.PI * 300 / rate);
        double low = Math.exp(-2 * Math.PI * 3_400 / rate);
        for (int pass = 0; pass < 3; pass++) {
            double slow = 0;
            double smooth = 0;
            for (int i = 0; i < filtered.length; i++) {
                slow = high * slow + (1 - high) * filtered[i];
                smooth = low * smooth + (1 - low) * (filtered[i] - slow);
                filtered[i] = smooth;
            }
        }
        return filtered;
    }

    private static short[] pcm(double[] sound, double gain) {
        short[] samples = new short[sound.length];
        for (int i = 0; i < samples.length; i++) {
            double value = Math.rint(FULL_SCALE * gain * sound[i]);
            samples[i] = (short) Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return samples;
    }

    private static short[] offset(short[] sound, int by) {
        short[] moved = new short[sound.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (short) Math.clamp((long) sound[i] + by, Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return moved;
    }

    /** Hears a sound in one piece, and requires every score to be a share. */
    private static List<Detection> hear(KeywordSpotter spotter, SpotterState state, short[] sound) {
        var heard = new ArrayList<Detection>();
        int labels = spotter.model().labels().size();
        spotter.process(state, sound, 0, sound.length, heard::add, (s, features, output) -> {
            for (int label = 0; label < labels; label++) {
                assertThat(s.score(label)).isBetween(0f, 1f);
            }
        });
        return heard;
    }

    /** No two reports closer than the refractory time: of a label under {@code each}, of all under {@code best}. */
    private static void requireRefractoryTime(KeywordModel model, List<Detection> heard) {
        boolean each = model.decision().rule() == DecisionRule.EACH;
        Map<String, Long> last = new HashMap<>();
        for (Detection detection : heard) {
            Double own = model.decision().keyword(detection.keyword()).refractorySeconds();
            double refractory = own == null ? model.decision().refractorySeconds() : own;
            Long before = last.put(each ? detection.keyword() : "", detection.samplePosition());
            if (before != null) {
                double apart = (double) (detection.samplePosition() - before)
                        / model.features().sampleRateHz();
                assertThat(apart)
                        .as("%s after %s s", detection.keyword(), apart)
                        .isGreaterThanOrEqualTo(refractory - 1e-9);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldNotGetStuckOnRoughSound(KeywordModel model) {
        int rate = model.features().sampleRateHz();
        var spotter = new KeywordSpotter(model, Backends.preferredSteps());
        sounds(rate).forEach((name, sound) -> {
            SpotterState state = spotter.newState();
            List<Detection> heard = hear(spotter, state, sound);
            requireRefractoryTime(model, heard);
            hear(spotter, state, new short[(int) (TAIL_SECONDS * rate)]);
            assertThat(hear(spotter, state, new short[10 * rate]))
                    .as("%s in the silence after %s", model.name(), name)
                    .isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldHearTheSameHoweverSoundIsCutAndWhateverElseIsHeard(KeywordModel model) {
        int rate = model.features().sampleRateHz();
        var spotter = new KeywordSpotter(model, Backends.preferredSteps());
        List<short[]> sounds = List.copyOf(sounds(rate).values());
        var expected = new ArrayList<List<Detection>>();
        for (short[] sound : sounds) {
            expected.add(hear(spotter, spotter.newState(), sound));
            assertThat(hear(spotter, spotter.newState(), sound)).isEqualTo(expected.getLast());
        }
        var random = new Random(7);
        for (int longest : new int[] {1, 300, 5_000}) {
            for (int i = 0; i < sounds.size(); i++) {
                short[] sound = sounds.get(i);
                SpotterState state = spotter.newState();
                var heard = new ArrayList<Detection>();
                for (int at = 0; at < sound.length; ) {
                    int next = Math.min(sound.length, at + 1 + random.nextInt(longest));
                    spotter.process(state, sound, at, next, heard::add);
                    at = next;
                }
                assertThat(heard).isEqualTo(expected.get(i));
            }
        }
        assertThat(sideBySide(spotter, sounds, random)).isEqualTo(expected);
    }

    /** Frames of different lengths, of all streams at a time. */
    private static List<List<Detection>> sideBySide(KeywordSpotter spotter, List<short[]> sounds, Random random) {
        int count = sounds.size();
        SpotterState[] states = new SpotterState[count];
        Arrays.setAll(states, i -> spotter.newState());
        var heard = new ArrayList<List<Detection>>();
        sounds.forEach(s -> heard.add(new ArrayList<>()));
        int[] at = new int[count];
        SpotterGroup group = spotter.newGroup();
        boolean more = true;
        while (more) {
            more = false;
            short[][] frames = new short[count][];
            for (int i = 0; i < count; i++) {
                int next =
                        Math.min(sounds.get(i).length, at[i] + (random.nextBoolean() ? 1_280 : random.nextInt(3_000)));
                frames[i] = Arrays.copyOfRange(sounds.get(i), at[i], next);
                at[i] = next;
                more |= next < sounds.get(i).length;
            }
            group.process(
                    states, frames, count, (stream, d) -> heard.get(stream).add(d));
        }
        return heard;
    }

    @ParameterizedTest
    @MethodSource("models")
    @Tag("slow")
    void shouldReportNothingInAnHourOfSilence(KeywordModel model) {
        int rate = model.features().sampleRateHz();
        var spotter = new KeywordSpotter(model, Backends.preferredSteps());
        SpotterState state = spotter.newState();
        short[] minute = new short[60 * rate];
        var heard = new ArrayList<Detection>();
        for (int m = 0; m < 60; m++) {
            spotter.process(state, minute, 0, minute.length, heard::add);
        }
        assertThat(heard).isEmpty();
        for (int label = 0; label < model.labels().size(); label++) {
            assertThat(state.score(label)).isBetween(0f, 1f);
        }
    }
}
