package io.keyspike.audio.features;

import static io.keyspike.audio.features.LaneSpectrum.LANES;
import static io.keyspike.audio.features.LaneSpectrum.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * From frames one after the other to vectors that hold a sample of each. Where a vector holds eight doubles, 32 samples of each
 * frame at a time are turned as shorts, in registers: two rows become one with their samples in turn, then two of those with their
 * pairs, then with their fours. Holds scratch memory, so it is for one thread.
 */
final class LaneFrames {
    private static final int FRAMES = 8;
    private static final VectorSpecies<Short> ROW = ShortVector.SPECIES_512;
    private static final VectorSpecies<Short> COLUMN = ShortVector.SPECIES_128;
    private static final int SAMPLES = 32;

    // Of two rows, pieces of 1, 2 and 4 samples in turn: those of the first halves, and those of the second halves.
    private static final short[] LOW1 = turns(1, 0);
    private static final short[] HIGH1 = turns(1, 16);
    private static final short[] LOW2 = turns(2, 0);
    private static final short[] HIGH2 = turns(2, 16);
    private static final short[] LOW4 = turns(4, 0);
    private static final short[] HIGH4 = turns(4, 16);

    private final short[] turned = new short[SAMPLES * FRAMES];

    private static short[] turns(int piece, int from) {
        short[] index = new short[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            int row = i / piece % 2;
            index[i] = (short) (row * SAMPLES + from + i / (2 * piece) * piece + i % piece);
        }
        return index;
    }

    /** As many samples or a few more, of which none is left over. */
    static int whole(int samples) {
        return Math.ceilDiv(samples, SAMPLES) * SAMPLES;
    }

    /**
     * Samples times a window.
     *
     * @param frames {@code [LANES, samples]}
     * @param window {@code [samples]}
     * @param first of the samples
     * @param end after the last of them
     * @param target {@code [samples, LANES]}, written from {@code first} to {@code end}
     */
    void weigh(short[][] frames, double[] window, int first, int end, double[] target) {
        int i = first;
        if (LANES == FRAMES) {
            for (; i + SAMPLES <= end; i += SAMPLES) {
                turn(frames, i);
                widen(window, i, target);
            }
        }
        for (int k = 0; k < LANES; k++) {
            short[] frame = frames[k];
            for (int n = i, at = i * LANES + k; n < end; n++, at += LANES) {
                target[at] = frame[n] * window[n];
            }
        }
    }

    private void turn(short[][] frames, int i) {
        ShortVector low = ShortVector.fromArray(ROW, LOW1, 0);
        ShortVector high = ShortVector.fromArray(ROW, HIGH1, 0);
        ShortVector a0 = ShortVector.fromArray(ROW, frames[0], i);
        ShortVector a1 = ShortVector.fromArray(ROW, frames[1], i);
        ShortVector a2 = ShortVector.fromArray(ROW, frames[2], i);
        ShortVector a3 = ShortVector.fromArray(ROW, frames[3], i);
        ShortVector a4 = ShortVector.fromArray(ROW, frames[4], i);
        ShortVector a5 = ShortVector.fromArray(ROW, frames[5], i);
        ShortVector a6 = ShortVector.fromArray(ROW, frames[6], i);
        ShortVector a7 = ShortVector.fromArray(ROW, frames[7], i);
        ShortVector b0 = low.selectFrom(a0, a1);
        ShortVector b1 = high.selectFrom(a0, a1);
        ShortVector b2 = low.selectFrom(a2, a3);
        ShortVector b3 = high.selectFrom(a2, a3);
        ShortVector b4 = low.selectFrom(a4, a5);
        ShortVector b5 = high.selectFrom(a4, a5);
        ShortVector b6 = low.selectFrom(a6, a7);
        ShortVector b7 = high.selectFrom(a6, a7);
        low = ShortVector.fromArray(ROW, LOW2, 0);
        high = ShortVector.fromArray(ROW, HIGH2, 0);
        a0 = low.selectFrom(b0, b2);
        a1 = high.selectFrom(b0, b2);
        a2 = low.selectFrom(b1, b3);
        a3 = high.selectFrom(b1, b3);
        a4 = low.selectFrom(b4, b6);
        a5 = high.selectFrom(b4, b6);
        a6 = low.selectFrom(b5, b7);
        a7 = high.selectFrom(b5, b7);
        low = ShortVector.fromArray(ROW, LOW4, 0);
        high = ShortVector.fromArray(ROW, HIGH4, 0);
        low.selectFrom(a0, a4).intoArray(turned, 0);
        high.selectFrom(a0, a4).intoArray(turned, SAMPLES);
        low.selectFrom(a1, a5).intoArray(turned, 2 * SAMPLES);
        high.selectFrom(a1, a5).intoArray(turned, 3 * SAMPLES);
        low.selectFrom(a2, a6).intoArray(turned, 4 * SAMPLES);
        high.selectFrom(a2, a6).intoArray(turned, 5 * SAMPLES);
        low.selectFrom(a3, a7).intoArray(turned, 6 * SAMPLES);
        high.selectFrom(a3, a7).intoArray(turned, 7 * SAMPLES);
    }

    private void widen(double[] window, int i, double[] target) {
        for (int n = 0; n < SAMPLES; n++) {
            DoubleVector x = (DoubleVector)
                    ShortVector.fromArray(COLUMN, turned, n * FRAMES).convertShape(VectorOperators.S2D, SPECIES, 0);
            x.mul(window[i + n]).intoArray(target, (i + n) * LANES);
        }
    }
}
