package io.keyspike.audio.features;

import io.keyspike.audio.features.FilterbankSpec.Design;
import uk.me.berndporr.iirj.Biquad;
import uk.me.berndporr.iirj.Butterworth;

/**
 * Coefficients of second-order band-pass sections, one for each channel. Both designs have their zeros at 0 Hz and at
 * Nyquist, so the numerator is {@code b0·(1 − z⁻²)} and three numbers describe a section:
 *
 * <pre>
 *          b0·(1 − z⁻²)
 * H(z) = ─────────────────────
 *        1 + a1·z⁻¹ + a2·z⁻²
 * </pre>
 *
 * The arrays are padded with zeros to {@code padded} channels; a padded channel stays silent.
 *
 * @param channels sections that count
 * @param b0 {@code [padded]}
 * @param a1 {@code [padded]}
 * @param a2 {@code [padded]}
 */
@SuppressWarnings("ArrayRecordComponent") // a bundle of kernel arguments, never compared
record BandPassSections(int channels, double[] b0, double[] a1, double[] a2) {

    /** Highest edge of a Butterworth band-pass, as a fraction of the sampling rate. */
    private static final double HIGHEST_EDGE = 0.499;

    static BandPassSections design(FilterbankSpec spec, int padded) {
        int channels = spec.width();
        var sections = new BandPassSections(channels, new double[padded], new double[padded], new double[padded]);
        for (int c = 0; c < channels; c++) {
            if (spec.design() == Design.PEAK) {
                sections.setPeak(c, spec.centreHz(c), spec.q(), spec.sampleRateHz());
            } else {
                sections.setButterworth(c, spec.centreHz(c), spec.q(), spec.sampleRateHz());
            }
        }
        return sections;
    }

    /** The same filters for an input in another unit; exact where {@code inputScale} is a power of two. */
    BandPassSections forInputScale(double inputScale) {
        double[] scaled = b0.clone();
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] *= inputScale;
        }
        return new BandPassSections(channels, scaled, a1, a2);
    }

    /**
     * Peak (resonator) filter, Orfanidis, "Introduction to Signal Processing" (1996), section 11.3.2; scipy calls it
     * iirpeak: −3 dB bandwidth {@code f/Q}, gain 1 at the centre.
     */
    private void setPeak(int c, double centreHz, double q, double rateHz) {
        double w0 = 2 * Math.PI * centreHz / rateHz;
        double bandwidth = StrictMath.tan(w0 / (2 * q));
        double gain = 1 / (1 + bandwidth);
        b0[c] = 1 - gain;
        a1[c] = -2 * gain * StrictMath.cos(w0);
        a2[c] = 2 * gain - 1;
    }

    /** First-order Butterworth band-pass whose edges have the centre as geometric mean and lie {@code f/Q} apart. */
    private void setButterworth(int c, double centreHz, double q, double rateHz) {
        double middle = Math.sqrt(1 + 1 / (4 * q * q));
        double low = centreHz * (middle - 1 / (2 * q));
        double high = Math.min(centreHz * (middle + 1 / (2 * q)), HIGHEST_EDGE * rateHz);
        var butterworth = new Butterworth();
        butterworth.bandPass(1, rateHz, (low + high) / 2, high - low);
        Biquad biquad = butterworth.getBiquad(0);
        double a0 = biquad.getA0();
        b0[c] = biquad.getB0() / a0;
        a1[c] = biquad.getA1() / a0;
        a2[c] = biquad.getA2() / a0;
    }
}
