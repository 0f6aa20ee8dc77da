package io.keyspike.audio.features;

/**
 * Runs band-pass sections over samples, in direct form II transposed and double precision, and adds up what comes out
 * rectified. For each sample {@code x}, with {@code v = b0·x}:
 *
 * <pre>
 * y  = v + s1
 * s1 ← fma(−a1, y, s2)
 * s2 ← fma(−a2, y, −v)
 * sum ← sum + rectified(y)
 * </pre>
 *
 * Every implementation gives the same bits: channels do not touch each other, so the lane width does not show.
 */
interface FilterKernel {

    /** Channels are padded to a multiple of this. */
    int channelBlock();

    /**
     * @param sections padded to whole {@link #channelBlock}s, as are the other arrays
     * @param half whether to rectify with max(y, 0) instead of |y|
     * @param s1 {@code [padded]}, updated
     * @param s2 {@code [padded]}, updated
     * @param sum {@code [padded]}, added to
     */
    void run(
            BandPassSections sections,
            boolean half,
            short[] samples,
            int from,
            int to,
            double[] s1,
            double[] s2,
            double[] sum);

    /**
     * The vector kernel where the JVM offers the Vector API, else the scalar one; {@code -Dkeyspike.vector=false} asks for
     * the scalar one.
     */
    static FilterKernel preferred() {
        boolean wanted = !"false".equals(System.getProperty("keyspike.vector"));
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return wanted && present ? new VectorFilterKernel() : new ScalarFilterKernel();
    }
}
