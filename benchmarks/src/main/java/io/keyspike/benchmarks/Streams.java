package io.keyspike.benchmarks;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** What benchmarks of whole streams hear, and with what. */
final class Streams {

    private Streams() {}

    /** @param model name of a model of the model-zoo */
    static KeywordSpotter spotter(String model) throws IOException {
        Path home = Path.of(System.getProperty("keyspike.home", ".."));
        return new KeywordSpotter(
                ModelFiles.read(home.resolve("model-zoo").resolve(model + ".safetensors")), Backends.preferredSteps());
    }

    /** States of as many streams, none of which has heard anything. */
    static SpotterState[] states(KeywordSpotter spotter, int streams) {
        return Stream.generate(spotter::newState).limit(streams).toArray(SpotterState[]::new);
    }

    /** Noise whose loudness comes and goes four times a second, as speech does, so that the neurons fire as they do in use. */
    static short[] noise(int samples, int rateHz) {
        short[] sound = new short[samples];
        var random = new Random(1);
        for (int i = 0; i < samples; i++) {
            double loudness = Math.max(0.01, Math.sin(2 * Math.PI * 4 * i / rateHz));
            sound[i] = (short) (4_000 * loudness * random.nextGaussian());
        }
        return sound;
    }
}
