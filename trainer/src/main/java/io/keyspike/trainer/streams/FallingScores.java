package io.keyspike.trainer.streams;

import java.util.Arrays;
import java.util.List;

/**
 * All detections of several streams from the highest score to the lowest. They are first spread over coarse classes of scores,
 * and a class is sorted when it is reached: most sweeps end long before the lowest scores, which most steps have.
 */
final class FallingScores {
    private static final int CLASS_BITS = 16;
    private static final int CLASSES = 1 << CLASS_BITS;
    private static final long INDEX_MASK = 0xffff_ffffL;

    /** In the upper half what falls as the score rises, in the lower the detection's index over all streams. */
    private final long[] keys;

    private final int[] firstOfStream;
    private int sortedTo;
    private int at = -1;
    private int stream;

    /**
     * @param streams in the order in which their detections are numbered
     * @throws ArithmeticException if there are more detections than an int counts
     */
    FallingScores(List<StreamTally> streams) {
        firstOfStream = new int[streams.size() + 1];
        for (int s = 0; s < streams.size(); s++) {
            firstOfStream[s + 1] =
                    Math.addExact(firstOfStream[s], streams.get(s).size());
        }
        int[] next = new int[CLASSES + 1];
        for (StreamTally tally : streams) {
            for (int i = 0; i < tally.size(); i++) {
                next[classOf(tally.score(i)) + 1]++;
            }
        }
        for (int c = 0; c < CLASSES; c++) {
            next[c + 1] += next[c];
        }
        keys = new long[firstOfStream[streams.size()]];
        for (int s = 0; s < streams.size(); s++) {
            StreamTally tally = streams.get(s);
            for (int i = 0; i < tally.size(); i++) {
                float score = tally.score(i);
                keys[next[classOf(score)]++] = (long) falling(score) << Integer.SIZE | (firstOfStream[s] + i);
            }
        }
    }

    /** Goes on to the next detection; tells whether there is one. */
    boolean advance() {
        at++;
        if (at == keys.length) {
            return false;
        }
        if (at == sortedTo) {
            long last = keys[at] >> (Integer.SIZE + CLASS_BITS);
            while (sortedTo < keys.length && keys[sortedTo] >> (Integer.SIZE + CLASS_BITS) == last) {
                sortedTo++;
            }
            Arrays.sort(keys, at, sortedTo);
        }
        int index = (int) (keys[at] & INDEX_MASK);
        int found = Arrays.binarySearch(firstOfStream, index);
        stream = found >= 0 ? found : -found - 2;
        // Streams without any detection begin where the next one does.
        while (firstOfStream[stream + 1] <= index) {
            stream++;
        }
        return true;
    }

    float score() {
        return score((int) (keys[at] >> Integer.SIZE));
    }

    int stream() {
        return stream;
    }

    /** Index within its stream. */
    int detection() {
        return (int) (keys[at] & INDEX_MASK) - firstOfStream[stream];
    }

    private static int classOf(float score) {
        return (falling(score) >> CLASS_BITS) + CLASSES / 2;
    }

    /** An int that falls as a score rises. The sum makes one zero of the two. */
    private static int falling(float score) {
        int bits = Float.floatToRawIntBits(score + 0f);
        return ~(bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE));
    }

    private static float score(int falling) {
        int bits = ~falling;
        return Float.intBitsToFloat(bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE));
    }
}
