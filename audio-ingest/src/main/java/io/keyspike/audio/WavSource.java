package io.keyspike.audio;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A WAV file or stream at its own rate: PCM of 8, 16, 24 or 32 bits or float of 32 or 64 bits, any number of channels,
 * mixed down to their mean. 16-bit mono passes unchanged. A length of 0 or a placeholder, as programs write it into a
 * pipe, means up to the end.
 */
public final class WavSource implements AudioSource {
    private static final int BUFFER_BLOCKS = 2_048;

    private final InputStream in;
    private final String name;
    private final WavFormat format;
    private final byte[] bytes;
    private final ByteBuffer view;
    private int filled;
    private long bytesLeft;

    /**
     * Opens a file and reads its header.
     *
     * @param file named in errors
     * @throws IOException if it cannot be read or is not a WAV file that this class reads; it is closed again
     */
    public WavSource(Path file) throws IOException {
        this(new BufferedInputStream(Files.newInputStream(file)), file.toString());
    }

    /**
     * Reads the header; closes the stream if that fails.
     *
     * @param in positioned at the first byte of the RIFF header; closed with this source
     * @param name what to call the stream in errors
     * @throws IOException if it is not a WAV stream that this class reads
     */
    public WavSource(InputStream in, String name) throws IOException {
        this.in = in;
        this.name = name;
        try {
            format = WavFormat.read(in, name);
        } catch (IOException e) {
            in.close();
            throw e;
        }
        bytes = new byte[BUFFER_BLOCKS * format.blockBytes()];
        view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        bytesLeft = format.dataBytes() == WavFormat.TO_THE_END ? Long.MAX_VALUE : format.dataBytes();
    }

    @Override
    public int sampleRateHz() {
        return format.sampleRateHz();
    }

    /** {@return the number of channels in the file, before they are mixed down} */
    public int channels() {
        return format.channels();
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        int block = format.blockBytes();
        int wanted = Math.min(length, BUFFER_BLOCKS) * block;
        while (filled < block) {
            int room = (int) Math.min(wanted - filled, bytesLeft);
            int count = room == 0 ? -1 : in.read(bytes, filled, room);
            if (count < 0) {
                return end();
            }
            filled += count;
            bytesLeft -= count;
        }
        int blocks = filled / block;
        view.position(0);
        for (int i = 0; i < blocks; i++) {
            buffer[offset + i] = mixed();
        }
        filled -= blocks * block;
        System.arraycopy(bytes, blocks * block, bytes, 0, filled);
        return blocks;
    }

    private int end() throws IOException {
        if (filled > 0) {
            throw new IOException(name + ": expected whole samples of " + format.blockBytes() + " bytes, found "
                    + filled + " bytes at the end");
        }
        if (format.dataBytes() != WavFormat.TO_THE_END && bytesLeft > 0) {
            throw new IOException(name + ": expected " + format.dataBytes() + " bytes of samples, found "
                    + (format.dataBytes() - bytesLeft));
        }
        return -1;
    }

    private short mixed() throws IOException {
        double sum = 0;
        for (int c = 0; c < format.channels(); c++) {
            sum += format.encoding().next(view);
        }
        if (!Double.isFinite(sum)) {
            throw new IOException(name + ": expected finite samples, found " + sum);
        }
        return Pcm.rounded(sum / format.channels());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
