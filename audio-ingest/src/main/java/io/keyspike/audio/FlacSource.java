package io.keyspike.audio;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jflac.ChannelData;
import org.jflac.FLACDecoder;
import org.jflac.frame.Frame;

/**
 * A FLAC file at its own rate, any number of channels, mixed down to their mean. The decoder skips damaged frames;
 * this class does not: a bad frame, a sample beyond its range, a wrong number of samples or a wrong MD5 is an error that
 * names the file. The MD5 is known only at the end, so a damaged file may yield samples before the error: discard them.
 */
public final class FlacSource implements AudioSource {

    /** "fLaC", the header of the first metadata block (4 bytes) and the block, STREAMINFO (34 bytes; RFC 9639, 8.2). */
    private static final int HEAD_BYTES = 42;

    private static final int STREAM_INFO_TYPE = 0;
    private static final int STREAM_INFO_BYTES = 34;
    private static final int LOWEST_RATE_HZ = 1_000;

    private final InputStream in;
    private final String name;
    private final FLACDecoder decoder;
    private final int sampleRateHz;
    private final int channels;
    private final int bits;
    private final long totalSamples;
    private final byte[] expectedMd5;
    private final MessageDigest md5;
    private byte[] digested = new byte[0];
    private short[] mono = new short[0];
    private int at;
    private int end;
    private long decoded;
    private boolean finished;

    /**
     * Opens a file and reads its metadata.
     *
     * @param file a native FLAC file (not Ogg)
     * @throws IOException if it cannot be read or is not a FLAC file; it is closed again
     */
    public FlacSource(Path file) throws IOException {
        name = file.toString();
        InputStream opened = new BufferedInputStream(Files.newInputStream(file));
        try {
            byte[] head = opened.readNBytes(HEAD_BYTES);
            ByteBuffer info = streamInfo(head);
            long packed = info.getLong(18); // rate: 20 bits, channels − 1: 3, bits − 1: 5, samples: 36
            sampleRateHz = (int) (packed >>> 44);
            channels = (int) ((packed >>> 41) & 7) + 1;
            bits = (int) ((packed >>> 36) & 31) + 1;
            totalSamples = packed & 0xf_ffff_ffffL;
            if (sampleRateHz < LOWEST_RATE_HZ) {
                throw new IOException(
                        name + ": expected a sample rate of at least " + LOWEST_RATE_HZ + " Hz, found " + sampleRateHz);
            }
            expectedMd5 = Arrays.copyOfRange(head, HEAD_BYTES - 16, HEAD_BYTES);
            md5 = MessageDigest.getInstance("MD5");
            in = opened;
            decoder = new FLACDecoder(new SequenceInputStream(new ByteArrayInputStream(head), in));
            decoder.readMetadata();
        } catch (NoSuchAlgorithmException e) {
            opened.close();
            throw new IllegalStateException("expected MD5, which every Java has, found none", e);
        } catch (IOException e) {
            opened.close();
            throw named(e);
        } catch (RuntimeException e) { // the decoder trusts its input
            opened.close();
            throw new IOException(name + ": damaged FLAC header (" + e + ")", e);
        }
    }

    private ByteBuffer streamInfo(byte[] head) throws IOException {
        if (head.length < HEAD_BYTES) {
            throw new EOFException(name + ": expected a FLAC header of " + HEAD_BYTES + " bytes, found " + head.length);
        }
        ByteBuffer info = ByteBuffer.wrap(head);
        int block = info.getInt(4);
        boolean isInfo = ((block >>> 24) & 0x7f) == STREAM_INFO_TYPE && (block & 0xff_ffff) == STREAM_INFO_BYTES;
        if (info.getInt(0) != 0x664c_6143 || !isInfo) {
            throw new IOException(name + ": expected a FLAC file with its stream information first, found other bytes");
        }
        return info;
    }

    private IOException named(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith(name) ? e : new IOException(name + ": damaged FLAC file (" + message + ")", e);
    }

    @Override
    public int sampleRateHz() {
        return sampleRateHz;
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        while (at == end) {
            if (finished || !nextFrame()) {
                return -1;
            }
        }
        int count = Math.min(length, end - at);
        System.arraycopy(mono, at, buffer, offset, count);
        at += count;
        return count;
    }

    private boolean nextFrame() throws IOException {
        Frame frame;
        try {
            frame = decoder.readNextFrame();
        } catch (IOException e) {
            throw named(e);
        } catch (RuntimeException e) { // the decoder trusts its input
            throw new IOException(name + ": damaged FLAC file (" + e + ")", e);
        }
        if (decoder.getBadFrames() > 0) {
            throw new IOException(name + ": damaged FLAC file (a frame after sample " + decoded + " does not decode)");
        }
        if (frame == null) {
            checkEnd();
            finished = true;
            return false;
        }
        if (frame.header.channels != channels || frame.header.bitsPerSample != bits) {
            throw new IOException(name + ": expected " + channels + " channels of " + bits + " bits, found "
                    + frame.header.channels + " of " + frame.header.bitsPerSample);
        }
        take(decoder.getChannelData(), frame.header.blockSize);
        return true;
    }

    private void take(ChannelData[] data, int count) throws IOException {
        int width = Math.ceilDiv(bits, 8);
        if (mono.length < count) {
            mono = new short[count];
            digested = new byte[count * channels * width];
        }
        double unit = Math.scalb(1.0, 16 - bits);
        int byteAt = 0;
        for (int i = 0; i < count; i++) {
            long sum = 0;
            for (int c = 0; c < channels; c++) {
                int sample = data[c].getOutput()[i];
                if (sample >> (bits - 1) != sample >> 31) {
                    throw new IOException(name + ": damaged FLAC file (expected samples of " + bits + " bits, found "
                            + sample + " after sample " + decoded + ")");
                }
                sum += sample;
                for (int b = 0; b < width; b++) {
                    digested[byteAt++] = (byte) (sample >> (8 * b));
                }
            }
            mono[i] = Pcm.rounded(sum * unit / channels);
        }
        md5.update(digested, 0, byteAt);
        at = 0;
        end = count;
        decoded += count;
    }

    private void checkEnd() throws IOException {
        if (totalSamples != 0 && decoded != totalSamples) {
            throw new IOException(
                    name + ": damaged FLAC file (expected " + totalSamples + " samples, found " + decoded + ")");
        }
        byte[] found = md5.digest();
        boolean known = !Arrays.equals(expectedMd5, new byte[expectedMd5.length]);
        if (known && !Arrays.equals(expectedMd5, found)) {
            HexFormat hex = HexFormat.of();
            throw new IOException(name + ": damaged FLAC file (expected MD5 " + hex.formatHex(expectedMd5) + ", found "
                    + hex.formatHex(found) + ")");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
