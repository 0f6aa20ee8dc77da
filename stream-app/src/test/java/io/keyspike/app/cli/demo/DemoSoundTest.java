package io.keyspike.app.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.audio.AudioFiles;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The demo's sound with the models that come with Keyspike. A microphone is opened at any moment and its gain is anybody's: a
 * sentence that is heard only when its first sample meets a step's begin is no demo.
 */
class DemoSoundTest {

    private static final Path CHECKOUT = Path.of(System.getProperty("keyspike.root", ".."));
    private static final double[] GAINS = {0.6, 1, 1.25};
    private static final int BEGINNINGS = 24;
    /** Of no length that a step, a frame or a filter has. */
    private static final int APART_SAMPLES = 1_009;

    static Stream<Named<DemoSentence>> sentences() throws IOException {
        return DemoSentence.readAll(CHECKOUT.resolve("demo")).stream()
                .map(sentence -> Named.of(String.valueOf(sentence.file().getFileName()), sentence));
    }

    @ParameterizedTest
    @MethodSource("sentences")
    void shouldBeHeardWheneverItBeginsAndAtEachGain(DemoSentence sentence) throws IOException {
        var spotter = new KeywordSpotter(
                ModelFiles.read(CHECKOUT.resolve("model-zoo").resolve(sentence.model() + ModelLocator.EXTENSION)),
                Backends.preferredSteps());
        int rateHz = spotter.model().features().sampleRateHz();
        short[] spoken = AudioFiles.readAll(sentence.file(), rateHz);

        for (double gain : GAINS) {
            for (int beginning = 0; beginning < BEGINNINGS; beginning++) {
                short[] sound = recorded(spoken, gain, beginning * APART_SAMPLES, rateHz);
                assertThat(heard(spotter, sound))
                        .as("gain %s, after %d samples", gain, beginning * APART_SAMPLES)
                        .isEqualTo(sentence.expected());
            }
        }
    }

    /** As a microphone gives it: silence with its last bit flickering before, a second of it after. */
    private static short[] recorded(short[] spoken, double gain, int lead, int trail) {
        var random = new Random(lead);
        short[] sound = new short[lead + spoken.length + trail];
        for (int i = 0; i < sound.length; i++) {
            int s = i - lead;
            double value = s >= 0 && s < spoken.length ? gain * spoken[s] : 0;
            sound[i] = (short) (Math.round(value) + random.nextInt(3) - 1);
        }
        return sound;
    }

    private static List<String> heard(KeywordSpotter spotter, short[] sound) {
        var words = new ArrayList<String>();
        spotter.process(spotter.newState(), sound, 0, sound.length, event -> words.add(event.keyword()));
        return words;
    }
}
