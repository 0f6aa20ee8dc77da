package io.keyspike.trainer.compose;

import io.keyspike.kernels.backends.Backends;
import java.util.Arrays;
import org.jtransforms.fft.FloatFFT_1D;
import org.visnow.jlargearrays.ConcurrencyUtils;

/** Convolution of a long signal with an impulse response, block by block with the fast Fourier transform (overlap-add). */
final class Convolution {
    static {
        // Streams are composed side by side already, and one order of the sums gives one result.
        ConcurrencyUtils.setNumberOfThreads(1);
    }

    /** So many cost less one after another than the lanes of all. */
    private static final int FEW_BLOCKS = 4;

    /** Samples of every block that are turned from lanes into rows together. */
    private static final int TILE = 16;

    private final int block;
    private final int size;
    private final FloatFFT_1D transform;
    private final float[] response;

    /** @param response {@code [taps]}, at least one */
    Convolution(float[] response) {
        size = Math.max(4096, 4 * Integer.highestOneBit(Math.max(1, response.length - 1)));
        block = size - response.length + 1;
        transform = new FloatFFT_1D(size);
        this.response = new float[size];
        System.arraycopy(response, 0, this.response, 0, response.length);
        transform.realForward(this.response);
    }

    /** The signal in the room, of the signal's length. */
    float[] apply(float[] signal) {
        return Backends.vectorAvailable() && signal.length > FEW_BLOCKS * block
                ? inLanes(signal)
                : blockByBlock(signal);
    }

    /** The reference. */
    float[] blockByBlock(float[] signal) {
        float[] result = new float[signal.length];
        float[] work = new float[size];
        for (int from = 0; from < signal.length; from += block) {
            int count = Math.min(block, signal.length - from);
            Arrays.fill(work, 0);
            System.arraycopy(signal, from, work, 0, count);
            transform.realForward(work);
            multiply(work);
            transform.realInverse(work, true);
            int length = Math.min(size, signal.length - from);
            for (int i = 0; i < length; i++) {
                result[from + i] += work[i];
            }
        }
        return result;
    }

    /** As many blocks at a time as a vector has lanes; the same bits. */
    private float[] inLanes(float[] signal) {
        LaneTransform lanes = LaneTransform.of(size);
        LaneTransform.Room room = LaneTransform.room(size);
        float[] result = new float[signal.length];
        for (int from = 0; from < signal.length; from += LaneTransform.LANES * block) {
            take(signal, from, room.samples());
            lanes.convolve(room.samples(), response, room.convolved());
            add(lanes, room.convolved(), result, from);
        }
        return result;
    }

    private void take(float[] signal, int from, float[] samples) {
        for (int i = 0; i < block; i += TILE) {
            int count = Math.min(TILE, block - i);
            for (int k = 0; k < LaneTransform.LANES; k++) {
                int start = from + k * block + i;
                int there = Math.clamp(signal.length - start, 0, count);
                int at = i * LaneTransform.LANES + k;
                for (int n = 0; n < there; n++) {
                    samples[at + n * LaneTransform.LANES] = signal[start + n];
                }
                for (int n = there; n < count; n++) {
                    samples[at + n * LaneTransform.LANES] = 0;
                }
            }
        }
        Arrays.fill(samples, block * LaneTransform.LANES, size * LaneTransform.LANES, 0);
    }

    private void add(LaneTransform lanes, float[] convolved, float[] result, int from) {
        float scale = 1.0f / (size / 2.0f);
        float[] tile = new float[TILE * LaneTransform.LANES];
        // From the end on, so that of the blocks that a sample of the result is a sum of, the earlier one is added
        // first.
        for (int i = size - TILE; i >= 0; i -= TILE) {
            for (int n = 0; n < TILE; n += 2) {
                int at = lanes.at((i + n) / 2);
                for (int k = 0; k < LaneTransform.LANES; k++) {
                    tile[k * TILE + n] = convolved[at + k] * scale;
                    tile[k * TILE + n + 1] = convolved[at + LaneTransform.LANES + k] * -scale;
                }
            }
            for (int k = 0; k < LaneTransform.LANES; k++) {
                int to = from + k * block + i;
                if (to + TILE <= result.length) {
                    LaneTransform.add(tile, k * TILE, result, to, TILE);
                } else {
                    for (int n = 0; to + n < result.length; n++) {
                        result[to + n] += tile[k * TILE + n];
                    }
                }
            }
        }
    }

    /** Spectra in JTransforms' packed form: re 0, re n/2, then pairs. */
    private void multiply(float[] work) {
        work[0] *= response[0];
        work[1] *= response[1];
        for (int k = 2; k < size; k += 2) {
            float re = work[k] * response[k] - work[k + 1] * response[k + 1];
            work[k + 1] = work[k] * response[k + 1] + work[k + 1] * response[k];
            work[k] = re;
        }
    }
}
