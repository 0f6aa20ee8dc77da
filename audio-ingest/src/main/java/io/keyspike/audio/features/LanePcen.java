package io.keyspike.audio.features;

import static io.keyspike.audio.features.LaneSpectrum.LANES;
import static io.keyspike.audio.features.LaneSpectrum.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MelCompression.Normalised} of a frame on vectors of bands, with the same operations in the same order. For a square root,
 * and for a number of bands that fills whole vectors.
 *
 * @param smoothing s, the weight of the newest energy
 * @param alpha α
 * @param delta δ
 * @param epsilon ε
 * @param offset √δ
 */
record LanePcen(double smoothing, double alpha, double delta, double epsilon, double offset) {
    private static final VectorSpecies<Float> ROUNDED =
            VectorSpecies.of(float.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

    /** Whether a number of bands fills whole vectors. */
    static boolean fits(int bands) {
        return bands % LANES == 0;
    }

    /**
     * Compresses a frame.
     *
     * @param energies {@code [bands]}
     * @param levels {@code [bands]}, updated
     * @param out receives {@code [bands]} from index {@code at}
     * @param work {@code [bands]}, room
     */
    void apply(double[] energies, double[] levels, float[] out, int at, double[] work) {
        for (int b = 0; b < energies.length; b += LANES) {
            DoubleVector level = DoubleVector.fromArray(SPECIES, levels, b);
            DoubleVector energy = DoubleVector.fromArray(SPECIES, energies, b);
            level = level.add(energy.sub(level).mul(smoothing));
            level.intoArray(levels, b);
            level.add(epsilon).intoArray(work, b);
        }
        LaneMath.log(work, energies.length);
        LaneMath.exp(work, energies.length, -alpha);
        for (int b = 0; b < energies.length; b += LANES) {
            DoubleVector root = DoubleVector.fromArray(SPECIES, energies, b)
                    .mul(DoubleVector.fromArray(SPECIES, work, b))
                    .add(delta)
                    .lanewise(VectorOperators.SQRT)
                    .sub(offset);
            ((FloatVector) root.convertShape(VectorOperators.D2F, ROUNDED, 0)).intoArray(out, at + b);
        }
    }
}
