package io.keyspike.audio.features;

import org.jtransforms.fft.DoubleFFT_1D;

/**
 * From one window of samples to its mel energies: periodic Hann window centred in the FFT's samples, power spectrum
 * {@code |rfft|²} of samples relative to full scale, triangular mel filters. Immutable and shared; scratch space is the
 * caller's.
 */
final class MelSpectrum {
    private final int fftSize;
    private final int firstOfWindow;
    private final double[] window;
    private final DoubleFFT_1D fft;
    private final MelBands bands;

    MelSpectrum(LogMelSpec spec) {
        fftSize = spec.fftSize();
        firstOfWindow = (fftSize - spec.windowSamples()) / 2;
        window = centredHann(spec.windowSamples(), fftSize);
        fft = new DoubleFFT_1D(fftSize);
        bands = MelBands.of(spec);
    }

    /** The window times the sample unit, so that 16-bit samples need no scaling of their own. */
    private static double[] centredHann(int windowSamples, int fftSize) {
        double[] w = new double[fftSize];
        int first = (fftSize - windowSamples) / 2;
        for (int n = 0; n < windowSamples; n++) {
            w[first + n] = (0.5 - 0.5 * StrictMath.cos(2 * Math.PI * n / windowSamples)) / 32_768;
        }
        return w;
    }

    /**
     * Power spectrum, in place.
     *
     * @param frame {@code [fftSize]} samples in 16-bit units; its beginning receives the power {@code [fftSize / 2 + 1]}
     */
    void power(double[] frame) {
        for (int i = 0; i < fftSize; i++) {
            frame[i] *= window[i];
        }
        fft.realForward(frame);
        // Layout: Re[0], Re[n/2], Re[1], Im[1], Re[2], Im[2], …; the power of bin k goes to index k, which has been
        // read.
        double nyquist = frame[1] * frame[1];
        frame[0] *= frame[0];
        for (int k = 1; k < fftSize / 2; k++) {
            double re = frame[2 * k];
            double im = frame[2 * k + 1];
            frame[k] = re * re + im * im;
        }
        frame[fftSize / 2] = nyquist;
    }

    /**
     * Mel energies of a frame.
     *
     * @param frame as for {@link #power}
     * @param energies receives {@code [bands]}
     */
    void mel(double[] frame, double[] energies) {
        power(frame);
        for (int b = 0; b < energies.length; b++) {
            energies[b] = bands.energy(b, frame);
        }
    }

    /** {@code [fftSize]}, 0 before {@link #firstOfWindow} and from {@code fftSize} less that on; not to be changed. */
    double[] window() {
        return window;
    }

    /** How many of a frame's samples lie before the window, and as many or one more after it. */
    int firstOfWindow() {
        return firstOfWindow;
    }

    MelBands bands() {
        return bands;
    }
}
