package io.keyspike.trainer.features;

import io.keyspike.trainer.common.Interpolation;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.data.Sha256;
import java.nio.ByteBuffer;
import java.util.List;

/** Changed copies of a clip: speed, shift, gain, noise, in this order. */
public final class SoundAugmentation {
    /** To be raised with every change of what {@link #apply} makes of the same settings. */
    private static final int VERSION = 1;

    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x50_0D;

    private final AugmentationConfig config;
    private final int sampleRateHz;
    private final List<short[]> noises;

    /** @param noises recordings to mix in; may be empty */
    public SoundAugmentation(AugmentationConfig config, int sampleRateHz, List<short[]> noises) {
        this.config = config;
        this.sampleRateHz = sampleRateHz;
        this.noises = List.copyOf(noises);
    }

    /** Everything that a copy depends on but the clip: version, settings, noises. */
    String recipe() {
        var noise = new Sha256();
        for (short[] n : noises) {
            ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * n.length);
            bytes.asShortBuffer().put(n);
            noise.bytes(bytes.array());
        }
        return "changes " + VERSION + ", " + sampleRateHz + " Hz, noise " + noise.hex() + ", " + config.ofSound();
    }

    /**
     * A copy of the same length; the same for the same clip name and copy number.
     *
     * @param copy 0, 1, …
     */
    public short[] apply(short[] clip, String clipName, int copy) {
        var random = new SplitMix(config.seed(), PURPOSE, clipName.hashCode(), copy);
        double speed = random.nextDouble() < config.speedProbability()
                ? random.between(config.speed().get(0), config.speed().get(1))
                : 1;
        double shift = random.between(-config.shiftMillis(), config.shiftMillis()) / 1_000 * sampleRateHz;
        double gain =
                decibels(random.between(config.gainDb().get(0), config.gainDb().get(1)));
        // The clip's middle stays in the middle, so that a slower copy loses as much at its start as at its end.
        double middle = clip.length / 2.0;
        double[] copied = new double[clip.length];
        for (int i = 0; i < clip.length; i++) {
            copied[i] = gain * Interpolation.cubic(clip, middle + (i - middle - Math.rint(shift)) * speed);
        }
        if (!noises.isEmpty() && random.nextDouble() < config.noiseProbability()) {
            addNoise(copied, random);
        }
        short[] result = new short[clip.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (short) Math.clamp(Math.rint(copied[i]), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return result;
    }

    private void addNoise(double[] copied, SplitMix random) {
        short[] noise = noises.get(random.nextInt(noises.size()));
        double snr = decibels(
                random.between(config.noiseSnrDb().get(0), config.noiseSnrDb().get(1)));
        int from = random.nextInt(noise.length);
        double power = 0;
        double noisePower = 0;
        for (int i = 0; i < copied.length; i++) {
            power += copied[i] * copied[i];
            double n = noise[(from + i) % noise.length];
            noisePower += n * n;
        }
        if (power == 0 || noisePower == 0) {
            return;
        }
        double factor = Math.sqrt(power / noisePower) / snr;
        for (int i = 0; i < copied.length; i++) {
            copied[i] += factor * noise[(from + i) % noise.length];
        }
    }

    private static double decibels(double db) {
        return Math.pow(10, db / 20);
    }
}
