package io.keyspike.audio.features;

/** Looks into filter kernels. */
final class FilterKernels {

    private FilterKernels() {}

    /** {@code [channels][samples]}: magnitude of the response to a sample of 1. */
    static double[][] impulseMagnitudes(FilterbankSpec spec, FilterKernel kernel, int samples) {
        int padded = Math.ceilDiv(spec.width(), kernel.channelBlock()) * kernel.channelBlock();
        BandPassSections sections = BandPassSections.design(spec, padded);
        double[] s1 = new double[padded];
        double[] s2 = new double[padded];
        short[] impulse = new short[samples];
        impulse[0] = 1;
        double[][] response = new double[spec.width()][samples];
        for (int t = 0; t < samples; t++) {
            double[] sum = new double[padded];
            kernel.run(sections, false, impulse, t, t + 1, s1, s2, sum);
            for (int c = 0; c < spec.width(); c++) {
                response[c][t] = sum[c];
            }
        }
        return response;
    }
}
