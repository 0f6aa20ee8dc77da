package io.keyspike.trainer.loop;

import io.keyspike.trainer.common.SplitMix;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** A small data set in the layout of MNIST: class 0 is bright on the left, class 1 on the right, class 2 at the top. */
public final class SyntheticImages {
    public static final int SIDE = 6;

    private SyntheticImages() {}

    /** Writes {@code training} images for training and {@code testing} for testing, the former gzipped. */
    public static Path write(Path root, int training, int testing) {
        try {
            Files.createDirectories(root);
            write(root, "train", training, true, 1);
            write(root, "t10k", testing, false, 2);
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path root, String part, int count, boolean zipped, long seed) throws IOException {
        byte[] pixels = new byte[count * SIDE * SIDE];
        byte[] labels = new byte[count];
        var random = new SplitMix(seed);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(3);
            labels[i] = (byte) label;
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    boolean bright = label == 0 ? x < 2 : label == 1 ? x >= SIDE - 2 : y < 2;
                    pixels[(i * SIDE + y) * SIDE + x] = (byte) (random.nextInt(80) + (bright ? 170 : 0));
                }
            }
        }
        file(root.resolve(part + "-images-idx3-ubyte" + (zipped ? ".gz" : "")), pixels, count, SIDE, SIDE);
        file(root.resolve(part + "-labels-idx1-ubyte" + (zipped ? ".gz" : "")), labels, count);
    }

    /** Writes one IDX file, gzipped if its name says so. */
    public static void file(Path file, byte[] values, int... sizes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(file.toString().endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes)) {
            out.writeInt(0x800 | sizes.length);
            for (int size : sizes) {
                out.writeInt(size);
            }
            out.write(values);
        }
        Files.write(file, bytes.toByteArray());
    }
}
