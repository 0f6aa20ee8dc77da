package io.keyspike.audio.flac;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a native FLAC stream (RFC 9639), a block at a time. A block is handed out only after the CRC-16 of its frame was
 * found right. Time is bounded by the length of the stream, since no byte is looked at more than a few times, and memory by
 * the largest block.
 *
 * <p>Where the stream ends is decided by what can be verified, in this order: the MD5 of at least as many samples as
 * STREAMINFO announces; their number, if no further frame continues the last one; the end of the input. What follows, such as
 * tags, zeros or a second stream, is no sound. Where none of the two is known, rubbish in which a later frame is found is
 * damage.
 */
public final class FlacDecoder {
    private static final int BLOCK_SIZE_OF_ONE_BYTE = 6;
    private static final int BLOCK_SIZE_OF_TWO_BYTES = 7;
    private static final int RATE_OF_ONE_BYTE = 12;

    private static final int MAGIC = 0x664c_6143;

    /** Bits by which something may differ from the next header and still be taken for it, damaged. */
    private static final int DAMAGED_BITS = 3;

    private final BitInput in;
    private final StreamInfo info;
    private final Subframe subframe;
    private final MessageDigest md5;
    private final int[][] samples;
    private long[] side = {};
    private byte[] digested = {};
    private @Nullable FrameHeader last;
    private long decoded;
    private boolean finished;

    /** Whether the MD5 has shown that no block is missing. */
    private boolean complete;

    private @Nullable String remark;

    /**
     * Reads the metadata.
     *
     * @param stream positioned at "fLaC"; not closed by this class
     * @throws FlacException if there is no complete metadata
     * @throws IOException if the stream cannot be read
     */
    public FlacDecoder(InputStream stream) throws IOException {
        in = new BitInput(stream);
        info = metadata();
        subframe = new Subframe(in);
        samples = new int[info.channels()][0];
        try {
            md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("expected MD5, which every Java has, found none", e);
        }
    }

    private StreamInfo metadata() throws IOException {
        if (in.ahead(4) < 4 || in.unsigned(32) != MAGIC) {
            throw new FlacException("expected a stream that begins with fLaC, found other bytes");
        }
        in.align();
        StreamInfo found = null;
        boolean isLast = false;
        while (!isLast) {
            if (in.ahead(4) < 4) {
                throw new FlacException("expected a metadata block, found the end");
            }
            isLast = in.unsigned(1) == 1;
            int type = (int) in.unsigned(7);
            int length = (int) in.unsigned(24);
            in.align();
            if (type == StreamInfo.TYPE && found == null) {
                if (length != StreamInfo.BYTES || in.ahead(length) < length) {
                    throw new FlacException("expected " + StreamInfo.BYTES + " bytes of stream information, found "
                            + length + (length == StreamInfo.BYTES ? " announced and fewer there" : ""));
                }
                int from = in.index();
                found = StreamInfo.parse(Arrays.copyOfRange(in.bytes(), from, from + length));
                in.skip(length);
            } else {
                long there = in.skipFully(length);
                if (there < length) {
                    throw new FlacException("expected " + length + " bytes in a metadata block of type " + type
                            + ", found " + there + " up to the end");
                }
            }
        }
        if (found == null) {
            throw new FlacException("expected a metadata block with stream information, found none");
        }
        return found;
    }

    /** {@return what the stream says about itself} */
    public StreamInfo info() {
        return info;
    }

    /** {@return samples of each channel that were decoded so far} */
    public long decoded() {
        return decoded;
    }

    /** {@return what was odd about the end of a stream whose samples are right; known after the last block} */
    public Optional<String> remark() {
        return Optional.ofNullable(remark);
    }

    /**
     * The samples of one channel in the block that {@link #next} decoded.
     *
     * @param channel from 0 on
     * @return valid up to the length of the block and until the next call of {@link #next}; not to be written to
     */
    public int[] samples(int channel) {
        return samples[channel];
    }

    /**
     * Decodes the next block.
     *
     * @return its length in samples of each channel, or -1 after the last
     * @throws FlacException if the stream is damaged or cut off here; what was decoded before is right, unless the message
     *     names the MD5
     * @throws IOException if the stream cannot be read
     */
    public int next() throws IOException {
        if (finished) {
            return -1;
        }
        if (complete) {
            finished = true;
            remarkRest(in.ahead(FrameHeader.LONGEST));
            return -1;
        }
        int ahead = in.ahead(FrameHeader.LONGEST);
        FrameHeader header = FrameHeader.parse(in.bytes(), in.index(), ahead, info);
        boolean mayEnd = decoded > 0 && info.totalSamples() > 0 && decoded >= info.totalSamples();
        if (header == null || (mayEnd && !continues(header))) {
            finish(ahead);
            return -1;
        }
        check(header);
        try {
            decode(header);
        } catch (FlacException e) {
            if (!mayEnd || info.hasMd5()) {
                throw e;
            }
            remark = "ignored what follows the last frame";
            finished = true;
            return -1;
        }
        int count = take(header.blockSize());
        last = header;
        return count;
    }

    /** Whether a frame is the one that must come after the last one. */
    private boolean continues(FrameHeader header) {
        FrameHeader before = last;
        return before == null
                || (header.variable() == before.variable()
                        && (header.number() == before.nextNumber()
                                // Before the bit for variable blocks was defined, Flake numbered samples without it.
                                || header.number() == before.number() + before.blockSize()));
    }

    private void check(FrameHeader header) throws FlacException {
        if (header.channels() != info.channels() || header.bits() != info.bits()) {
            throw damaged("expected " + info.channels() + " channels of " + info.bits() + " bits, found "
                    + header.channels() + " of " + header.bits());
        }
        if (header.sampleRateHz() != info.sampleRateHz()) {
            throw damaged("expected the rate to stay at " + info.sampleRateHz() + " Hz, found a frame of "
                    + header.sampleRateHz() + " Hz");
        }
        FrameHeader before = last;
        if (before != null && !continues(header)) {
            throw damaged("expected frame " + before.nextNumber() + ", found " + header.number());
        }
    }

    private FlacException damaged(String what) {
        return new FlacException(what + ", after sample " + decoded);
    }

    private void decode(FrameHeader header) throws IOException {
        int count = header.blockSize();
        for (int c = 0; c < samples.length; c++) {
            if (samples[c].length < count) {
                samples[c] = new int[count];
            }
        }
        in.startCrc();
        in.skip(header.bytes());
        boolean right;
        try {
            subframes(header, count);
            right = in.align();
            int crc = in.crc();
            right &= in.unsigned(16) == crc;
            in.align();
        } catch (EOFException e) {
            throw damaged("expected a whole frame, found the end of the file");
        } catch (FlacException e) {
            throw damaged("expected a frame that decodes, found one in which " + e.getMessage());
        }
        if (!right) {
            throw damaged("expected a frame whose CRC-16 is right, found another CRC");
        }
        if (!inRange(count)) {
            throw damaged("expected samples of " + info.bits() + " bits, found larger ones");
        }
    }

    private void subframes(FrameHeader header, int count) throws IOException {
        int bits = info.bits();
        int code = header.channelCode();
        if (code < FrameHeader.LEFT_SIDE) {
            for (int[] channel : samples) {
                subframe.decode(channel, count, bits);
            }
            return;
        }
        int[] first = samples[0];
        int[] second = samples[1];
        if (bits == Integer.SIZE) {
            wideStereo(code, count, first, second);
            return;
        }
        subframe.decode(first, count, code == FrameHeader.SIDE_RIGHT ? bits + 1 : bits);
        subframe.decode(second, count, code == FrameHeader.SIDE_RIGHT ? bits : bits + 1);
        switch (code) {
            case FrameHeader.LEFT_SIDE -> {
                for (int i = 0; i < count; i++) {
                    second[i] = first[i] - second[i];
                }
            }
            case FrameHeader.SIDE_RIGHT -> {
                for (int i = 0; i < count; i++) {
                    first[i] += second[i];
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    int difference = second[i];
                    int sum = (first[i] << 1) | (difference & 1);
                    first[i] = (sum + difference) >> 1;
                    second[i] = (sum - difference) >> 1;
                }
            }
        }
    }

    /** Two channels of 32 bits, of which one is the difference and has 33. */
    private void wideStereo(int code, int count, int[] first, int[] second) throws IOException {
        if (side.length < count) {
            side = new long[count];
        }
        if (code == FrameHeader.SIDE_RIGHT) {
            subframe.decode(side, first, count, Integer.SIZE + 1);
            subframe.decode(second, count, Integer.SIZE);
            for (int i = 0; i < count; i++) {
                first[i] = (int) (side[i] + second[i]);
            }
            return;
        }
        subframe.decode(first, count, Integer.SIZE);
        subframe.decode(side, second, count, Integer.SIZE + 1);
        for (int i = 0; i < count; i++) {
            if (code == FrameHeader.LEFT_SIDE) {
                second[i] = (int) (first[i] - side[i]);
            } else {
                long sum = ((long) first[i] << 1) | (side[i] & 1);
                first[i] = (int) ((sum + side[i]) >> 1);
                second[i] = (int) ((sum - side[i]) >> 1);
            }
        }
    }

    private boolean inRange(int count) {
        int unused = Integer.SIZE - info.bits();
        int outside = 0;
        for (int[] channel : samples) {
            for (int i = 0; i < count; i++) {
                outside |= channel[i] ^ ((channel[i] << unused) >> unused);
            }
        }
        return outside == 0;
    }

    /** Digests a block. @return how much of it belongs to the stream */
    private int take(int count) {
        long total = info.totalSamples();
        if (info.hasMd5() && total > decoded && total < decoded + count) {
            int head = (int) (total - decoded);
            digest(0, head);
            if (isComplete()) { // the stream was cut at a sample within its last frame
                decoded += head;
                complete = true;
                return head;
            }
            digest(head, count);
        } else {
            digest(0, count);
        }
        decoded += count;
        if (info.hasMd5() && total != 0 && decoded >= total && isComplete()) {
            remarkTotal();
            complete = true;
        }
        return count;
    }

    private void digest(int from, int to) {
        if (!info.hasMd5()) {
            return;
        }
        int width = Math.ceilDiv(info.bits(), 8);
        int bytes = (to - from) * samples.length * width;
        if (digested.length < bytes) {
            digested = new byte[bytes];
        }
        int step = samples.length * width;
        for (int c = 0; c < samples.length; c++) {
            int[] channel = samples[c];
            int at = c * width;
            if (width == 2) {
                for (int i = from; i < to; i++, at += step) {
                    digested[at] = (byte) channel[i];
                    digested[at + 1] = (byte) (channel[i] >> 8);
                }
            } else {
                for (int i = from; i < to; i++, at += step) {
                    for (int b = 0; b < width; b++) {
                        digested[at + b] = (byte) (channel[i] >> (8 * b));
                    }
                }
            }
        }
        md5.update(digested, 0, bytes);
    }

    /** Whether the MD5 of what was decoded so far is the stream's. */
    private boolean isComplete() {
        try {
            return Arrays.equals(((MessageDigest) md5.clone()).digest(), info.md5());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("expected an MD5 that can be copied, found another", e);
        }
    }

    private void remarkTotal() {
        if (info.totalSamples() != 0 && info.totalSamples() != decoded) {
            remark = "the header says " + info.totalSamples() + " samples, found " + decoded;
        }
    }

    /** What is ahead is no frame that continues the stream: decides whether the stream is complete. */
    private void finish(int ahead) throws IOException {
        long total = info.totalSamples();
        if (total > decoded) {
            throw new FlacException("expected " + total + " samples, found " + decoded
                    + (ahead == 0 ? " up to the end" : " and then no frame"));
        }
        if (!info.hasMd5() || !isComplete()) {
            if (info.hasMd5()) {
                byte[] found = md5.digest();
                throw new FlacException("expected MD5 " + HexFormat.of().formatHex(info.md5()) + ", found "
                        + HexFormat.of().formatHex(found));
            }
            if (total == 0 && decoded == 0 && ahead > 0) {
                throw new FlacException("expected frames, found none");
            }
            if (total == 0 && ahead > 0) {
                checkRest(ahead);
            }
        }
        finished = true;
        remarkTotal();
        remarkRest(ahead);
    }

    private void remarkRest(int ahead) {
        if (ahead > 0 && remark == null) {
            String what = startsWith(ahead, "TAG")
                    ? " (an ID3v1 tag)"
                    : startsWith(ahead, "APETAGEX")
                            ? " (an APEv2 tag)"
                            : startsWith(ahead, "fLaC") ? " (another FLAC stream)" : "";
            remark = "ignored what follows the last frame" + what;
        }
    }

    /** Neither total nor MD5 is known: what is ahead may be rubbish, or the rest of the stream, damaged. */
    private void checkRest(int ahead) throws IOException {
        FrameHeader before = last;
        if (before == null || startsWith(ahead, "fLaC") || startsWith(ahead, "ID3")) {
            return;
        }
        if (before.differenceFromNext(in.bytes(), in.index(), ahead) <= DAMAGED_BITS) {
            throw damaged("expected a frame or the end, found a damaged header");
        }
        long next = before.nextNumber();
        // Far ahead of the last frame is no part of the stream: a rest of noise holds a header now and then.
        long furthest = next + (before.variable() ? 1L << 32 : 1L << 20);
        for (int n = ahead; n > 0; n = in.ahead(FrameHeader.LONGEST)) {
            FrameHeader later = FrameHeader.parse(in.bytes(), in.index(), n, info);
            if (later != null
                    && later.variable() == before.variable()
                    && later.number() > next
                    && later.number() < furthest
                    && later.sampleRateHz() == info.sampleRateHz()
                    && later.channels() == info.channels()
                    && later.bits() == info.bits()) {
                throw damaged("expected frame " + next + ", found " + later.number());
            }
            in.skip(1);
        }
    }

    private boolean startsWith(int ahead, String text) {
        if (ahead < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (in.bytes()[in.index() + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return whether a stream begins with a frame, without the metadata that says what the frames are of}
     *
     * @param head the first bytes, of which 16 are enough
     */
    public static boolean beginsWithFrame(byte[] head) {
        if (head.length < 6 || head[0] != (byte) 0xff || (head[1] & 0xfe) != 0xf8) {
            return false;
        }
        int blockSize = (head[2] & 0xff) >>> 4;
        int rate = head[2] & 0xf;
        int number = Math.max(1, Integer.numberOfLeadingZeros(~(head[4] << 24)));
        int length = 4
                + number
                + (blockSize == BLOCK_SIZE_OF_ONE_BYTE ? 1 : blockSize == BLOCK_SIZE_OF_TWO_BYTES ? 2 : 0)
                + (rate < RATE_OF_ONE_BYTE ? 0 : rate == RATE_OF_ONE_BYTE ? 1 : 2);
        return length < head.length && Crc.crc8(head, 0, length) == (head[length] & 0xff);
    }
}
