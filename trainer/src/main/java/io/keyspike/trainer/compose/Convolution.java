package io.keyspike.trainer.compose;

import java.util.Arrays;
import org.jtransforms.fft.FloatFFT_1D;
import org.visnow.jlargearrays.ConcurrencyUtils;

/** Convolution of a long signal with an impulse response, block by block with the fast Fourier transform (overlap-add). */
final class Convolution {
    static {
        // Streams are composed side by side already, and one order of the sums gives one result.
        ConcurrencyUtils.setNumberOfThreads(1);
    }

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
