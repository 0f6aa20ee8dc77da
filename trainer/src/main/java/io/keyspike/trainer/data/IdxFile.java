package io.keyspike.trainer.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * An array of unsigned bytes in the IDX format (LeCun, Cortes and Burges: the MNIST database), whole in memory.
 *
 * <pre>
 * offset  size  what
 * 0       2     0
 * 2       1     type of the values: 0x08, unsigned byte
 * 3       1     number of axes, n
 * 4       4·n   sizes, int32 big-endian
 * 4+4·n   …     values, last axis fastest
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of values, never compared
record IdxFile(int[] sizes, byte[] values) {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int HEADER = 4;

    /**
     * Reads a file, gzipped if its name ends in {@code .gz}.
     *
     * @param content of the file
     * @param axes how many it must have
     * @throws IOException if the content is not such an array, whole and with nothing after it
     */
    static IdxFile parse(Path file, byte[] content, int axes) throws IOException {
        byte[] bytes = file.toString().endsWith(".gz") ? unzip(file, content) : content;
        int header = HEADER + Integer.BYTES * axes;
        if (bytes.length < header) {
            throw new IOException(
                    file + ": expected an IDX header of " + header + " bytes, found " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int magic = in.getInt();
        int expected = UNSIGNED_BYTE << 8 | axes;
        if (magic != expected) {
            throw new IOException(String.format(
                    "%s: expected IDX of unsigned bytes with %d axes (0x%08x), found 0x%08x",
                    file, axes, expected, magic));
        }
        int[] sizes = new int[axes];
        long count = 1;
        for (int i = 0; i < axes; i++) {
            sizes[i] = in.getInt();
            count = sizes[i] < 0 ? -1 : Math.multiplyExact(count, (long) sizes[i]);
            if (count < 0 || count > Integer.MAX_VALUE) {
                throw new IOException(file + ": expected sizes of at most " + Integer.MAX_VALUE + " values, found "
                        + Arrays.toString(Arrays.copyOf(sizes, i + 1)));
            }
        }
        if (in.remaining() != count) {
            throw new IOException(file + ": expected " + count + " values of " + Arrays.toString(sizes) + ", found "
                    + in.remaining());
        }
        return new IdxFile(sizes, Arrays.copyOfRange(bytes, header, bytes.length));
    }

    private static byte[] unzip(Path file, byte[] content) throws IOException {
        try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(content))) {
            return in.readAllBytes();
        } catch (EOFException e) {
            throw new IOException(file + ": expected a whole gzip file, found one that ends too early", e);
        } catch (java.util.zip.ZipException e) {
            throw new IOException(file + ": expected a gzip file, found " + e.getMessage(), e);
        }
    }
}
