package io.keyspike.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a WAV file, 16-bit, one channel. The lengths in its header are right once it is closed. */
public final class WavWriter implements AutoCloseable {
    private static final int HEADER_BYTES = 44;

    /** Header and samples must stay countable in 32 bits. */
    private static final long MAXIMUM_DATA_BYTES = 0x7fff_0000L;

    private final Path file;
    private final FileChannel channel;
    private final int sampleRateHz;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long dataBytes;

    /**
     * Creates the file, or empties it.
     *
     * @param file where to write; an existing file loses its content
     * @param sampleRateHz rate of the samples in Hz, for the header
     * @throws IllegalArgumentException if the rate is not above 0
     * @throws IOException if the file cannot be created or written
     */
    public WavWriter(Path file, int sampleRateHz) throws IOException {
        if (sampleRateHz <= 0) {
            throw new IllegalArgumentException("WAV file: expected a rate above 0 Hz, found " + sampleRateHz);
        }
        this.file = file;
        this.sampleRateHz = sampleRateHz;
        channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        writeHeader();
    }

    /**
     * Writes a whole file.
     *
     * @param file where to write; an existing file loses its content
     * @param sampleRateHz rate of the samples in Hz
     * @param samples {@code [samples]}, one channel of PCM16
     * @throws IllegalArgumentException if the rate is not above 0
     * @throws IOException if the file cannot be written, or the samples exceed what a WAV file can hold
     */
    public static void write(Path file, int sampleRateHz, short[] samples) throws IOException {
        try (var writer = new WavWriter(file, sampleRateHz)) {
            writer.write(samples, 0, samples.length);
        }
    }

    /**
     * Appends samples.
     *
     * @param samples one channel of PCM16
     * @param offset index of the first sample to write
     * @param length how many samples to write
     * @throws IOException if the file cannot be written, or would grow beyond what a WAV file can hold (2 GiB); nothing
     *     is written in the latter case
     */
    public void write(short[] samples, int offset, int length) throws IOException {
        int bytes = Math.multiplyExact(Short.BYTES, length);
        if (dataBytes + bytes > MAXIMUM_DATA_BYTES) {
            throw new IOException(file + ": expected at most " + MAXIMUM_DATA_BYTES + " bytes of samples, found "
                    + (dataBytes + bytes));
        }
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        buffer.clear();
        for (int i = 0; i < length; i++) {
            buffer.putShort(samples[offset + i]);
        }
        writeFully(buffer.flip(), HEADER_BYTES + dataBytes);
        dataBytes += bytes;
    }

    private void writeHeader() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ascii("RIFF")).putInt((int) (HEADER_BYTES - 8 + dataBytes)).put(ascii("WAVE"));
        header.put(ascii("fmt ")).putInt(16).putShort((short) 1).putShort((short) 1);
        header.putInt(sampleRateHz).putInt(Short.BYTES * sampleRateHz);
        header.putShort((short) Short.BYTES).putShort((short) Short.SIZE);
        header.put(ascii("data")).putInt((int) dataBytes);
        writeFully(header.flip(), 0);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (channel.isOpen()) {
                writeHeader();
            }
        }
    }
}
