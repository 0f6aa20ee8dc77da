package io.keyspike.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Uncompressed or companded samples behind a header, at their own rate, any number of channels, mixed down to their mean.
 * 16-bit mono passes unchanged.
 */
final class PcmSource implements Recording {
    private static final int BUFFER_BLOCKS = 2_048;

    private final InputStream in;
    private final String name;
    private final PcmLayout layout;
    private final boolean plain;
    private final byte[] bytes;
    private final ByteBuffer view;
    private final List<String> warnings;
    private int filled;
    private long bytesLeft;
    private boolean finished;

    /**
     * Wraps a stream.
     *
     * @param in positioned at the first sample; closed with this source
     * @param name what to call the stream in errors
     * @param layout what its header said
     */
    PcmSource(InputStream in, String name, PcmLayout layout) {
        this.in = in;
        this.name = name;
        this.layout = layout;
        plain = layout.channels() == 1
                && layout.order() == ByteOrder.LITTLE_ENDIAN
                && layout.encoding().kind() == PcmEncoding.Kind.INTEGER
                && layout.encoding().bytes() == Short.BYTES;
        bytes = new byte[BUFFER_BLOCKS * layout.blockBytes()];
        view = ByteBuffer.wrap(bytes).order(layout.order());
        warnings = new ArrayList<>(layout.warnings());
        bytesLeft = layout.dataBytes() == PcmLayout.TO_THE_END ? Long.MAX_VALUE : layout.dataBytes();
    }

    @Override
    public SoundFormat format() {
        return layout.format();
    }

    @Override
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public int read(short[] buffer, int offset, int length) throws IOException {
        int block = layout.blockBytes();
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
            buffer[offset + i] = plain ? view.getShort() : mixed();
        }
        filled -= blocks * block;
        System.arraycopy(bytes, blocks * block, bytes, 0, filled);
        return blocks;
    }

    private int end() throws IOException {
        if (finished) {
            return -1;
        }
        finished = true;
        if (layout.dataBytes() != PcmLayout.TO_THE_END && bytesLeft > 0) {
            throw new CutOffException(name + ": expected " + layout.dataBytes() + " bytes of samples, found "
                    + (layout.dataBytes() - bytesLeft));
        }
        if (filled > 0) {
            throw new CutOffException(name + ": expected whole samples of " + layout.blockBytes() + " bytes, found "
                    + filled + " bytes at the end");
        }
        return -1;
    }

    private short mixed() throws IOException {
        double sum = 0;
        for (int c = 0; c < layout.channels(); c++) {
            sum += layout.encoding().next(view);
        }
        if (!Double.isFinite(sum)) {
            throw new IOException(name + ": expected finite samples, found " + sum);
        }
        return Pcm.rounded(sum / layout.channels());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
