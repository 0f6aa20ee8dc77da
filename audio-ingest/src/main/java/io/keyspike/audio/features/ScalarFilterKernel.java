package io.keyspike.audio.features;

/** The reference implementation. */
final class ScalarFilterKernel implements FilterKernel {

    @Override
    public int channelBlock() {
        return 1;
    }

    @Override
    public void run(
            BandPassSections sections,
            boolean half,
            short[] samples,
            int from,
            int to,
            double[] s1,
            double[] s2,
            double[] sum) {
        for (int c = 0; c < sections.channels(); c++) {
            double b0 = sections.b0()[c];
            double minusA1 = -sections.a1()[c];
            double minusA2 = -sections.a2()[c];
            double first = s1[c];
            double second = s2[c];
            double total = sum[c];
            for (int i = from; i < to; i++) {
                double v = b0 * samples[i];
                double y = v + first;
                first = Math.fma(minusA1, y, second);
                second = Math.fma(minusA2, y, -v);
                total += half ? Math.max(y, 0.0) : Math.abs(y);
            }
            s1[c] = first;
            s2[c] = second;
            sum[c] = total;
        }
    }
}
