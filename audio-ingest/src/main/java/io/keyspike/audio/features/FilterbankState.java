package io.keyspike.audio.features;

import io.keyspike.audio.LittleEndian;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One stream in a {@link Filterbank}. Saved form, little-endian:
 *
 * <pre>
 * offset         size          what
 * 0              8·channels    s1, first delay of each section, float64
 * 8·channels     8·channels    s2, second delay
 * 16·channels    8·channels    sum of the bin so far
 * 24·channels    8             sum of squared samples of the bin so far, int64
 * 24·channels+8  4             samples of the bin so far, int32
 * 24·channels+12 4·levels      running levels of the adaptive gain, float32
 * </pre>
 */
final class FilterbankState implements FeatureState {
    private final int channels;
    private final int binSamples;
    final double[] s1;
    final double[] s2;
    final double[] sum;
    final float[] levels;
    long energy;
    int filled;
    boolean stepComplete;
    float stepLevel;

    FilterbankState(int channels, int padded, int levels, int binSamples) {
        this.channels = channels;
        this.binSamples = binSamples;
        s1 = new double[padded];
        s2 = new double[padded];
        sum = new double[padded];
        this.levels = new float[levels];
        reset();
    }

    @Override
    public boolean stepComplete() {
        return stepComplete;
    }

    @Override
    public float stepLevel() {
        return stepLevel;
    }

    @Override
    public int byteSize() {
        return 3 * Double.BYTES * channels + Long.BYTES + Integer.BYTES + Float.BYTES * levels.length;
    }

    @Override
    public void save(ByteBuffer out) {
        LittleEndian.write(out, byteSize(), this, (b, state) -> {
            for (int c = 0; c < state.channels; c++) {
                b.putDouble(state.s1[c]);
            }
            for (int c = 0; c < state.channels; c++) {
                b.putDouble(state.s2[c]);
            }
            for (int c = 0; c < state.channels; c++) {
                b.putDouble(state.sum[c]);
            }
            b.putLong(state.energy).putInt(state.filled);
            for (float level : state.levels) {
                b.putFloat(level);
            }
        });
    }

    @Override
    public void restore(ByteBuffer in) {
        LittleEndian.read(in, byteSize(), this, (b, state) -> {
            for (int c = 0; c < state.channels; c++) {
                state.s1[c] = b.getDouble();
            }
            for (int c = 0; c < state.channels; c++) {
                state.s2[c] = b.getDouble();
            }
            for (int c = 0; c < state.channels; c++) {
                state.sum[c] = b.getDouble();
            }
            state.energy = b.getLong();
            state.filled = b.getInt();
            for (int i = 0; i < state.levels.length; i++) {
                state.levels[i] = b.getFloat();
            }
        });
        stepComplete = false;
        stepLevel = 0;
        check();
    }

    private void check() {
        String wrong = null;
        if (filled < 0 || filled >= binSamples) {
            wrong = "expected 0 to " + (binSamples - 1) + " samples in the bin, found " + filled;
        } else if (energy < 0 || energy > ((long) filled << 30)) {
            wrong = "expected a sum of squares that " + filled + " samples can have, found " + energy;
        } else {
            for (int c = 0; c < channels && wrong == null; c++) {
                if (!Double.isFinite(s1[c]) || !Double.isFinite(s2[c]) || !Double.isFinite(sum[c])) {
                    wrong = "expected finite numbers in channel " + c + ", found " + s1[c] + ", " + s2[c] + ", "
                            + sum[c];
                }
            }
            for (int i = 0; i < levels.length && wrong == null; i++) {
                if (!Float.isFinite(levels[i])) {
                    wrong = "expected finite running levels, found " + levels[i];
                }
            }
        }
        if (wrong != null) {
            reset();
            throw new IllegalArgumentException("filterbank state: " + wrong);
        }
    }

    @Override
    public void reset() {
        Arrays.fill(s1, 0);
        Arrays.fill(s2, 0);
        Arrays.fill(sum, 0);
        Arrays.fill(levels, StepShaping.UNSET);
        energy = 0;
        filled = 0;
        stepComplete = false;
        stepLevel = 0;
    }
}
