package io.keyspike.audio;

import java.util.Arrays;

/**
 * Changes the sampling rate by the ratio of two integers: a windowed-sinc low-pass (Kaiser window; Kaiser 1974) in
 * polyphase form, see Crochiere and Rabiner, "Multirate Digital Signal Processing" (1983). Passes up to
 * {@value #PASS_EDGE} of the lower of the two Nyquist frequencies, with everything from that Nyquist frequency on
 * {@value #STOP_DB} dB down, so nothing folds back into speech.
 *
 * <p>The filter's delay is taken out: output 0 lies at input 0. A stream of n samples becomes
 * {@code ceil(n · out / in)}, however it is split into calls; samples beyond its ends count as 0. Not thread-safe.
 */
public final class PolyphaseResampler {
    static final double STOP_DB = 84;
    private static final double PASS_EDGE = 0.9;

    /** Most filter coefficients: 64 MiB. Enough for every pair of rates in use; only odd pairs need more. */
    private static final long MAXIMUM_COEFFICIENTS = 1L << 24;

    private final int up;
    private final int down;
    private final int half;
    private final float[] taps; // [up][2 * half]: phase p holds the taps for inputs i − half + 1 … i + half
    private final float[] history; // the last 2·half inputs, written twice, so that they always lie in one piece
    private long inputs;
    private long nextInput; // newest input at or before the next output
    private int phase;
    private int slot;

    /**
     * Designs the filter for the ratio of two rates.
     *
     * @param fromHz rate of the input in Hz
     * @param toHz rate of the output in Hz
     * @throws IllegalArgumentException if a rate is not above 0, or the pair would need too large a filter
     */
    public PolyphaseResampler(int fromHz, int toHz) {
        if (fromHz <= 0 || toHz <= 0) {
            throw new IllegalArgumentException(
                    "resampler: expected rates above 0 Hz, found " + fromHz + " Hz and " + toHz + " Hz");
        }
        int divisor = gcd(fromHz, toHz);
        up = toHz / divisor;
        down = fromHz / divisor;
        double lowNyquist = Math.min(fromHz, toHz) / 2.0;
        double transition = lowNyquist * (1 - PASS_EDGE) / fromHz; // in cycles per input sample
        int count = (int) Math.ceil((STOP_DB - 7.95) / (2.285 * 2 * Math.PI * transition)) + 1;
        half = Math.ceilDiv(count, 2);
        if ((long) up * 2 * half > MAXIMUM_COEFFICIENTS) {
            throw new IllegalArgumentException("resampler: expected rates whose ratio needs at most "
                    + MAXIMUM_COEFFICIENTS + " coefficients, found " + (long) up * 2 * half + " for " + fromHz
                    + " Hz to " + toHz + " Hz");
        }
        taps = ResamplerDesigns.of(up, half, lowNyquist * (1 + PASS_EDGE) / 2 / fromHz);
        history = new float[4 * half];
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /**
     * Bounds the output of one call, so that buffers can be allocated beforehand.
     *
     * @param count input samples of one {@link #process} call; 0 for {@link #finish}
     * @return most samples that the call can write
     */
    public int maximumOutput(int count) {
        return Math.toIntExact(((long) (count + half + 1) * up) / down + 2);
    }

    /**
     * Consumes samples and returns the output that can be computed so far.
     *
     * @param samples PCM16 at the input rate
     * @param from index of the first sample to consume
     * @param to index after the last one
     * @param out room for {@link #maximumOutput} samples from {@code at}
     * @param at index in {@code out} of the first sample to write
     * @return how many were written
     */
    public int process(short[] samples, int from, int to, short[] out, int at) {
        int written = at;
        for (int i = from; i < to; i++) {
            push(samples[i]);
            while (nextInput + half < inputs) {
                out[written++] = output();
            }
        }
        return written - at;
    }

    /**
     * Writes the remaining output after the last sample, and resets for a new stream.
     *
     * @param out room for {@link #maximumOutput maximumOutput(0)} samples from {@code at}
     * @param at index in {@code out} of the first sample to write
     * @return how many were written
     */
    public int finish(short[] out, int at) {
        long end = inputs;
        int written = at;
        while (nextInput < end) {
            while (nextInput + half >= inputs) {
                push((short) 0);
            }
            out[written++] = output();
        }
        reset();
        return written - at;
    }

    /** Resets to the start of a stream. */
    public void reset() {
        Arrays.fill(history, 0);
        inputs = 0;
        nextInput = 0;
        phase = 0;
        slot = 0;
    }

    private void push(short sample) {
        history[slot] = sample;
        history[slot + 2 * half] = sample;
        slot = slot + 1 == 2 * half ? 0 : slot + 1;
        inputs++;
    }

    /** The inputs i − half + 1 … i + half are the last 2·half ones, oldest at {@code slot}. */
    private short output() {
        int length = 2 * half;
        int row = phase * length;
        float even = 0;
        float odd = 0;
        for (int k = 0; k < length; k += 2) { // two sums, since one would wait for each addition
            even += taps[row + k] * history[slot + k];
            odd += taps[row + k + 1] * history[slot + k + 1];
        }
        phase += down;
        nextInput += phase / up;
        phase %= up;
        return Pcm.rounded((double) even + odd);
    }
}
