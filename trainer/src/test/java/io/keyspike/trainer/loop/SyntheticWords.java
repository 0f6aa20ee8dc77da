package io.keyspike.trainer.loop;

import io.keyspike.audio.WavWriter;
import io.keyspike.trainer.common.SplitMix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small data set in the layout of Speech Commands: rising and falling sine sweeps as words, noise as silence. */
public final class SyntheticWords {
    public static final int SAMPLE_RATE_HZ = 16_000;
    public static final int CLIP_SAMPLES = 8_000;

    private SyntheticWords() {}

    /** Writes {@code rising}, {@code falling}, {@code flat} and {@code _silence_}: 24 clips each, 4 of them for each list. */
    public static Path write(Path root) {
        try {
            List<String> validation = new ArrayList<>();
            List<String> testing = new ArrayList<>();
            for (String word : List.of("rising", "falling", "flat", "_silence_")) {
                Path folder = Files.createDirectories(root.resolve(word));
                for (int i = 0; i < 24; i++) {
                    String name = "s" + i + "_nohash_0.wav";
                    WavWriter.write(folder.resolve(name), SAMPLE_RATE_HZ, clip(word, i));
                    if (i >= 20) {
                        testing.add(word + "/" + name);
                    } else if (i >= 16) {
                        validation.add(word + "/" + name);
                    }
                }
            }
            Path noise = Files.createDirectories(root.resolve("_background_noise_"));
            WavWriter.write(noise.resolve("pink.wav"), SAMPLE_RATE_HZ, clip("_silence_", 99));
            Files.write(root.resolve("validation_list.txt"), validation);
            Files.write(root.resolve("testing_list.txt"), testing);
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Half a second: a sweep with its own loudness, start and a little noise. */
    public static short[] clip(String word, int number) {
        var random = new SplitMix(word.hashCode(), number);
        double low = random.between(250, 350);
        double high = random.between(2_500, 3_500);
        double loudness = word.equals("_silence_") ? 0 : random.between(3_000, 12_000);
        double start = random.between(0.05, 0.15);
        double length = random.between(0.25, 0.3);
        short[] samples = new short[CLIP_SAMPLES];
        double phase = 0;
        for (int i = 0; i < samples.length; i++) {
            double at = (i / (double) SAMPLE_RATE_HZ - start) / length;
            double value = 60 * random.nextGaussian();
            if (at >= 0 && at < 1) {
                double frequency = switch (word) {
                    case "rising" -> low * Math.pow(high / low, at);
                    case "falling" -> high * Math.pow(low / high, at);
                    default -> Math.sqrt(low * high);
                };
                phase += 2 * Math.PI * frequency / SAMPLE_RATE_HZ;
                value += loudness * Math.sin(phase) * Math.sin(Math.PI * at);
            }
            samples[i] = (short) Math.rint(value);
        }
        return samples;
    }
}
