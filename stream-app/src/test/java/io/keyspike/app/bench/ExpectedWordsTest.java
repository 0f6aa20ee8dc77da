package io.keyspike.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.audio.AudioFiles;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three devices that say a sentence of the demo, over and over. */
class ExpectedWordsTest {

    private static final Path CHECKOUT = Path.of(System.getProperty("keyspike.root", ".."));
    private static final int DEVICES = 3;
    private static final int FRAME_MILLIS = 80;
    /** The last round of frames is not a whole one. */
    private static final long SENT = 3 * 400 + 1;

    private final Map<HeardWord, Integer> heard = new HashMap<>();
    private KeywordSpotter spotter;
    private LoopedSound sound;
    private ExpectedWords expected;

    @BeforeEach
    void hearEachDeviceInOnePiece() throws IOException {
        spotter = new KeywordSpotter(
                ModelFiles.read(CHECKOUT.resolve("model-zoo/yes-no-clips.safetensors")), Backends.preferredSteps());
        int rate = spotter.model().features().sampleRateHz();
        sound = LoopedSound.of(
                rate, AudioFiles.readAll(CHECKOUT.resolve("demo/kitchen-yes-no.wav"), rate), FRAME_MILLIS);
        expected = new ExpectedWords(spotter, sound);
        for (int device = 0; device < DEVICES; device++) {
            int frames = device == 0 ? 401 : 400;
            var whole = new short[frames * sound.frameSamples()];
            for (int i = 0; i < frames; i++) {
                System.arraycopy(sound.frame(device, i), 0, whole, i * sound.frameSamples(), sound.frameSamples());
            }
            int number = device;
            spotter.process(
                    spotter.newState(),
                    whole,
                    0,
                    whole.length,
                    d -> heard.put(new HeardWord(number, d.samplePosition(), d.keyword()), 1));
        }
    }

    @Test
    void shouldFindNothingWrongWhereEveryWordWasHeardOnce() {
        assertThat(heard).hasSizeGreaterThan(10);

        assertThat(expected.compare(DEVICES, SENT, heard))
                .isEqualTo(new ExpectedWords.Comparison(heard.size(), 0, 0, 0));
    }

    @Test
    void shouldCountWhatIsLostDoubledAndMadeUp() {
        int words = heard.size();
        var some = heard.keySet().stream().limit(5).toList();
        heard.remove(some.get(0));
        heard.remove(some.get(1));
        heard.put(some.get(2), 2);
        heard.put(some.get(3), 4);
        HeardWord moved = some.get(4);
        heard.put(new HeardWord(moved.device(), moved.samplePosition() + 1, moved.keyword()), 1);

        assertThat(expected.compare(DEVICES, SENT, heard)).isEqualTo(new ExpectedWords.Comparison(words, 2, 4, 1));
    }
}
