package io.keyspike.app.cli.demo;

import io.keyspike.app.bench.LoopedSound;
import io.keyspike.app.cli.shared.KeyspikeHome;
import io.keyspike.audio.AudioFiles;
import io.keyspike.models.KeywordModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The sentences of the demo in sequence, as audio for benchmarks: synthesized speech, with its pauses. */
public final class DemoSound {

    private DemoSound() {}

    /** Amplitude of the noise in pauses, about -70 dBFS. */
    private static final double NOISE = 10;

    /** The sentences for a model, or all of them if there are none for it. */
    public static LoopedSound of(KeywordModel model, int frameMillis) throws IOException {
        return of(model, frameMillis, 0);
    }

    /** @param pauseSeconds duration of faint noise after the sentences */
    public static LoopedSound of(KeywordModel model, int frameMillis, int pauseSeconds) throws IOException {
        int rate = model.features().sampleRateHz();
        List<DemoSentence> all = DemoSentence.readAll(KeyspikeHome.folder("demo"));
        List<DemoSentence> own =
                all.stream().filter(s -> s.model().equals(model.name())).toList();
        short[] samples = new short[0];
        for (DemoSentence sentence : own.isEmpty() ? all : own) {
            short[] read = AudioFiles.readAll(sentence.file(), rate);
            int before = samples.length;
            samples = Arrays.copyOf(samples, before + read.length);
            System.arraycopy(read, 0, samples, before, read.length);
        }
        int spoken = samples.length;
        samples = Arrays.copyOf(samples, spoken + pauseSeconds * rate);
        var random = new Random(1);
        for (int i = spoken; i < samples.length; i++) {
            samples[i] = (short) (NOISE * random.nextGaussian());
        }
        return LoopedSound.of(rate, samples, frameMillis);
    }
}
