package io.keyspike.audio.flac;

import java.io.IOException;
import java.util.Arrays;

/** Decodes the samples of one channel in a frame (RFC 9639, section 9.2). */
final class Subframe {
    private static final int LONGEST_PREDICTOR = 32;
    private static final int FIXED = 8;
    private static final int LINEAR = 32;

    /** Coefficients of the fixed predictors of order 0 to 4, for the last sample first (section 9.2.5). */
    private static final int[][] FIXED_COEFFICIENTS = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};

    private final BitInput in;
    private final int[] coefficients = new int[LONGEST_PREDICTOR];

    /** What the last subframe was; the residual, if any, is read but not yet added to a prediction. */
    private int order;

    private int precision;
    private int shift;
    private int wasted;

    Subframe(BitInput in) {
        this.in = in;
    }

    /**
     * Decodes samples of up to 32 bits.
     *
     * @param samples receives {@code count} of them
     * @param bits of a sample, the side channel's one more among them
     */
    void decode(int[] samples, int count, int bits) throws IOException {
        int type = type();
        int width = width(bits);
        if (type == 0) {
            Arrays.fill(samples, 0, count, (int) in.signed(width));
        } else if (type == 1) {
            for (int i = 0; i < count; i++) {
                samples[i] = (int) in.signed(width);
            }
        } else {
            predictor(type);
            checkOrder(count);
            for (int i = 0; i < order; i++) {
                samples[i] = (int) in.signed(width);
            }
            coefficients(type);
            residual(samples, count);
            // A sum of that many products is then below 2^31.
            if (width + precision + (31 - Integer.numberOfLeadingZeros(order)) <= 32) {
                predict(samples, count);
            } else {
                predictLong(samples, count);
            }
        }
        if (wasted > 0) {
            for (int i = 0; i < count; i++) {
                samples[i] <<= wasted;
            }
        }
    }

    /**
     * Decodes samples of 33 bits: the side channel of a stream of 32.
     *
     * @param residual work space for {@code count} numbers
     */
    void decode(long[] samples, int[] residual, int count, int bits) throws IOException {
        int type = type();
        int width = width(bits);
        if (type == 0) {
            Arrays.fill(samples, 0, count, in.signed(width));
        } else if (type == 1) {
            for (int i = 0; i < count; i++) {
                samples[i] = in.signed(width);
            }
        } else {
            predictor(type);
            checkOrder(count);
            for (int i = 0; i < order; i++) {
                samples[i] = in.signed(width);
            }
            coefficients(type);
            residual(residual, count);
            for (int i = order; i < count; i++) {
                long sum = 0;
                for (int j = 0; j < order; j++) {
                    sum += coefficients[j] * samples[i - 1 - j];
                }
                samples[i] = residual[i] + (sum >> shift);
            }
        }
        for (int i = 0; wasted > 0 && i < count; i++) {
            samples[i] <<= wasted;
        }
    }

    private int type() throws IOException {
        if (in.unsigned(1) != 0) {
            throw new FlacException("a subframe begins with 1");
        }
        return (int) in.unsigned(6);
    }

    /** Bits of a sample without the wasted ones. */
    private int width(int bits) throws IOException {
        wasted = in.unsigned(1) == 0 ? 0 : (int) in.zeros(bits) + 1;
        if (wasted >= bits) {
            throw new FlacException("all bits of a sample are wasted");
        }
        return bits - wasted;
    }

    private void predictor(int type) throws FlacException {
        if (type >= FIXED && type < FIXED + FIXED_COEFFICIENTS.length) {
            order = type - FIXED;
        } else if (type >= LINEAR) {
            order = type - LINEAR + 1;
        } else {
            throw new FlacException("a subframe is of the reserved type " + type);
        }
    }

    private void checkOrder(int count) throws FlacException {
        if (order > count) {
            throw new FlacException("a predictor of order " + order + " is longer than its block of " + count);
        }
    }

    private void coefficients(int type) throws IOException {
        if (type < LINEAR) {
            System.arraycopy(FIXED_COEFFICIENTS[order], 0, coefficients, 0, order);
            precision = 4;
            shift = 0;
            return;
        }
        precision = (int) in.unsigned(4) + 1;
        shift = (int) in.signed(5);
        if (precision == 16 || shift < 0) {
            throw new FlacException("a predictor has a reserved precision or a negative shift");
        }
        for (int j = 0; j < order; j++) {
            coefficients[j] = (int) in.signed(precision);
        }
    }

    /** Reads residuals into {@code to} from the predictor's order on. */
    private void residual(int[] to, int count) throws IOException {
        int method = (int) in.unsigned(2);
        if (method > 1) {
            throw new FlacException("a residual is coded by the reserved method " + method);
        }
        int parameterBits = method == 0 ? 4 : 5;
        int escape = (1 << parameterBits) - 1;
        int partitionOrder = (int) in.unsigned(4);
        int length = count >>> partitionOrder;
        if (length << partitionOrder != count || length < order) {
            throw new FlacException("a block of " + count + " samples cannot have " + (1 << partitionOrder)
                    + " partitions with a predictor of order " + order);
        }
        int from = order;
        for (int p = 1; p <= 1 << partitionOrder; p++) {
            int until = p * length;
            int parameter = (int) in.unsigned(parameterBits);
            if (parameter < escape) {
                in.rice(to, from, until, parameter);
            } else {
                int bits = (int) in.unsigned(5);
                for (int i = from; i < until; i++) {
                    to[i] = (int) in.signed(bits);
                }
            }
            from = until;
        }
    }

    private void predict(int[] samples, int count) {
        int c0 = coefficients[0];
        int c1 = coefficients[1];
        int c2 = coefficients[2];
        int c3 = coefficients[3];
        switch (order) {
            case 0 -> {}
            case 1 -> {
                for (int i = 1; i < count; i++) {
                    samples[i] += (c0 * samples[i - 1]) >> shift;
                }
            }
            case 2 -> {
                for (int i = 2; i < count; i++) {
                    samples[i] += (c0 * samples[i - 1] + c1 * samples[i - 2]) >> shift;
                }
            }
            case 3 -> {
                for (int i = 3; i < count; i++) {
                    samples[i] += (c0 * samples[i - 1] + c1 * samples[i - 2] + c2 * samples[i - 3]) >> shift;
                }
            }
            default -> {
                for (int i = order; i < count; i++) {
                    int sum = c0 * samples[i - 1] + c1 * samples[i - 2] + c2 * samples[i - 3] + c3 * samples[i - 4];
                    for (int j = 4; j < order; j++) {
                        sum += coefficients[j] * samples[i - 1 - j];
                    }
                    samples[i] += sum >> shift;
                }
            }
        }
    }

    private void predictLong(int[] samples, int count) {
        for (int i = order; i < count; i++) {
            long sum = 0;
            for (int j = 0; j < order; j++) {
                sum += (long) coefficients[j] * samples[i - 1 - j];
            }
            samples[i] += (int) (sum >> shift);
        }
    }
}
