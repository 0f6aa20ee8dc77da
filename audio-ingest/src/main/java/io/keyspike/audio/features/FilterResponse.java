package io.keyspike.audio.features;

/** Frequency response of a filterbank's filters, before rectifier and compression. */
public final class FilterResponse {

    private FilterResponse() {}

    /**
     * Magnitude |H| of every channel's filter.
     *
     * @param spec filters and sampling rate
     * @param hz frequencies in Hz, from 0 to half the sampling rate
     * @return {@code [channels, hz.length]}
     * @throws IllegalArgumentException if a frequency lies outside
     */
    public static double[][] magnitudes(FilterbankSpec spec, double[] hz) {
        BandPassSections sections = BandPassSections.design(spec, spec.width());
        double[][] magnitudes = new double[spec.width()][hz.length];
        for (int f = 0; f < hz.length; f++) {
            if (!(hz[f] >= 0 && hz[f] <= spec.sampleRateHz() / 2.0)) {
                throw new IllegalArgumentException("filter response: expected frequencies from 0 to "
                        + spec.sampleRateHz() / 2 + " Hz, found " + hz[f]);
            }
            double w = 2 * Math.PI * hz[f] / spec.sampleRateHz();
            for (int c = 0; c < magnitudes.length; c++) {
                magnitudes[c][f] = magnitude(sections.b0()[c], sections.a1()[c], sections.a2()[c], w);
            }
        }
        return magnitudes;
    }

    /** |b0·(1 − z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²)| at z = e^{jw}. */
    private static double magnitude(double b0, double a1, double a2, double w) {
        double numerator = Math.hypot(1 - Math.cos(2 * w), Math.sin(2 * w));
        double real = 1 + a1 * Math.cos(w) + a2 * Math.cos(2 * w);
        double imaginary = a1 * Math.sin(w) + a2 * Math.sin(2 * w);
        return Math.abs(b0) * numerator / Math.hypot(real, imaginary);
    }
}
