package io.keyspike.audio.features;

import io.keyspike.audio.LittleEndian;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One stream in a {@link LogMel}. Saved form, little-endian, with W = fftSize, B = bands and
 * C = contextFrames·bands:
 *
 * <pre>
 * offset    size  what
 * 0         2·W   samples of the frame being filled, int16
 * 2·W       4·C   the last normalised frames, oldest first, float32
 * 2·W+4·C   4     samples of the frame being filled, int32
 * +4        4     samples to pass over before that frame begins, int32
 * +8        4     frames until the next step, int32
 * +12       4     samples since the last step, int32
 * +16       8     sum of their squares, int64
 * +24       1     whether a frame has been finished, 0 or 1
 * +25       8·B   with {@link Pcen} only: the level of each band, float64
 * </pre>
 */
final class LogMelState implements FeatureState {
    /** For sums of squares. */
    private static final FilterKernel LEVELS = FilterKernel.preferred();

    private final LogMelSpec spec;
    final short[] window;
    final float[] context;
    final double[] levels; // [B], or none without PCEN
    final double[] scratch; // not state: room for the transform
    final double[] energies; // not state: room for the mel energies of a frame
    final double[] work; // not state: room for their compression
    int filled;
    private int skip;
    int framesUntilStep;
    private int sinceStep;
    private long energy;
    boolean begun;
    boolean stepComplete;
    private float stepLevel;

    LogMelState(LogMelSpec spec, int levels) {
        this.spec = spec;
        window = new short[spec.fftSize()];
        context = new float[spec.width()];
        this.levels = new double[levels];
        scratch = new double[spec.fftSize()];
        energies = new double[spec.bands()];
        work = new double[spec.bands()];
    }

    /** Samples until the frame is full. */
    int missing() {
        return skip + window.length - filled;
    }

    /** Takes samples until the frame is full; returns how many. */
    int take(short[] samples, int from, int to) {
        int passed = Math.min(skip, to - from);
        int kept = Math.min(window.length - filled, to - from - passed);
        System.arraycopy(samples, from + passed, window, filled, kept);
        skip -= passed;
        filled += kept;
        energy += LEVELS.energy(samples, from, from + passed + kept);
        sinceStep += passed + kept;
        return passed + kept;
    }

    void finishStep() {
        stepComplete = true;
        stepLevel = Filterbank.level(energy, sinceStep);
        energy = 0;
        sinceStep = 0;
        framesUntilStep = spec.strideFrames() - 1;
    }

    /** Makes room for the next frame. */
    void advance() {
        int kept = Math.max(0, window.length - spec.hopSamples());
        System.arraycopy(window, window.length - kept, window, 0, kept);
        filled = kept;
        skip = Math.max(0, spec.hopSamples() - window.length);
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
        return Short.BYTES * window.length
                + Float.BYTES * context.length
                + 4 * Integer.BYTES
                + Long.BYTES
                + 1
                + Double.BYTES * levels.length;
    }

    @Override
    public void save(ByteBuffer out) {
        LittleEndian.write(out, byteSize(), this, (b, state) -> {
            for (int i = 0; i < state.window.length; i++) {
                b.putShort(i < state.filled ? state.window[i] : 0);
            }
            for (float value : state.context) {
                b.putFloat(value);
            }
            b.putInt(state.filled).putInt(state.skip).putInt(state.framesUntilStep);
            b.putInt(state.sinceStep).putLong(state.energy);
            b.put((byte) (state.begun ? 1 : 0));
            for (double level : state.levels) {
                b.putDouble(level);
            }
        });
    }

    @Override
    public void restore(ByteBuffer in) {
        LittleEndian.read(in, byteSize(), this, (b, state) -> {
            for (int i = 0; i < state.window.length; i++) {
                state.window[i] = b.getShort();
            }
            for (int i = 0; i < state.context.length; i++) {
                state.context[i] = b.getFloat();
            }
            state.filled = b.getInt();
            state.skip = b.getInt();
            state.framesUntilStep = b.getInt();
            state.sinceStep = b.getInt();
            state.energy = b.getLong();
            state.begun = b.get() != 0;
            for (int i = 0; i < state.levels.length; i++) {
                state.levels[i] = b.getDouble();
            }
        });
        stepComplete = false;
        stepLevel = 0;
        check();
    }

    private void check() {
        requireRange("samples in the frame", filled, spec.fftSize() - 1);
        requireRange("samples to pass over", skip, Math.max(0, spec.hopSamples() - spec.fftSize()));
        requireRange("frames until the next step", framesUntilStep, spec.strideFrames() - 1);
        requireRange("samples since the last step", sinceStep, Math.max(spec.stepSamples(), spec.fftSize()));
        requireRange("sum of squares", energy, (long) sinceStep << 30);
        for (float value : context) {
            if (!Float.isFinite(value)) {
                reset();
                throw new IllegalArgumentException("log-mel state: expected finite frames, found " + value);
            }
        }
        checkLevels();
    }

    private void checkLevels() {
        for (double level : levels) {
            if (!(level >= 0) || !Double.isFinite(level)) {
                reset();
                throw new IllegalArgumentException(
                        "log-mel state: expected finite levels of at least 0, found " + level);
            }
        }
    }

    private void requireRange(String what, long value, long most) {
        if (value < 0 || value > most) {
            reset();
            throw new IllegalArgumentException(
                    "log-mel state: expected " + what + " from 0 to " + most + ", found " + value);
        }
    }

    @Override
    public void reset() {
        Arrays.fill(window, (short) 0);
        Arrays.fill(context, 0);
        Arrays.fill(levels, 0);
        filled = 0;
        skip = 0;
        framesUntilStep = 0;
        sinceStep = 0;
        energy = 0;
        begun = false;
        stepComplete = false;
        stepLevel = 0;
    }
}
