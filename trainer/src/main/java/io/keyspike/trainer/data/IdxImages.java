package io.keyspike.trainer.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The images of one IDX file, {@code [images, rows, columns]}, one unsigned byte a pixel. */
public final class IdxImages {
    private static final int AXES = 3;
    private static final float WHITE = 255;

    private final IdxFile file;

    private IdxImages(IdxFile file) {
        this.file = file;
    }

    /** @throws IOException if the file cannot be read or holds something else */
    public static IdxImages read(Path file) throws IOException {
        return parse(file, Files.readAllBytes(file));
    }

    static IdxImages parse(Path file, byte[] content) throws IOException {
        return new IdxImages(IdxFile.parse(file, content, AXES));
    }

    public int count() {
        return file.sizes()[0];
    }

    public int rows() {
        return file.sizes()[1];
    }

    public int columns() {
        return file.sizes()[2];
    }

    /**
     * One image, its pixels divided by 255.
     *
     * @param to {@code [rows, columns]} from {@code offset}, written
     */
    public void read(int image, float[] to, int offset) {
        int pixels = rows() * columns();
        int from = image * pixels;
        for (int i = 0; i < pixels; i++) {
            to[offset + i] = (file.values()[from + i] & 0xFF) / WHITE;
        }
    }
}
