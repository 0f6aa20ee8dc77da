package io.keyspike.trainer.events;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parts of an HDF5 file (format specification 3.0, superblock of version 0) that an event file is made of: groups of up to
 * eight members, contiguous data sets of one axis, and global heap collections. All numbers are little-endian.
 */
@SuppressWarnings("ByteBufferBackingArray") // every buffer is allocated here, and returned whole
final class HdfLayout {

    /** No address. */
    static final long UNDEFINED = -1;

    static final int SUPERBLOCK = 96;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int GROUP_LEAF_K = 4;
    private static final int GROUP_INTERNAL_K = 16;
    private static final int TREE_SIZE = 24 + (2 * GROUP_INTERNAL_K + 1) * 8 + 2 * GROUP_INTERNAL_K * 8;
    private static final int LEAF_SIZE = 8 + 2 * GROUP_LEAF_K * 40;
    private static final int HEAP_HEADER = 32;

    private static final int MESSAGE_DATASPACE = 1;
    private static final int MESSAGE_DATATYPE = 3;
    private static final int MESSAGE_FILL = 5;
    private static final int MESSAGE_LAYOUT = 8;
    private static final int MESSAGE_SYMBOLS = 0x11;

    /** Least bytes of a global heap collection, and what of them its header and that of its free space take. */
    static final int SMALLEST_COLLECTION = 4_096;

    static final int HEAP_OBJECT_HEADER = 16;

    private HdfLayout() {}

    /** Takes bytes and tells where they lie. */
    @FunctionalInterface
    interface Sink {
        /** @return the address, a multiple of 8 */
        long append(ByteBuffer bytes) throws IOException;
    }

    /** A group as other groups and the superblock know it. */
    record Group(long header, long tree, long heap) {}

    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int padded(int size) {
        return (size + 7) & ~7;
    }

    // ---- types ----------------------------------------------------------------------------------------------------

    static byte[] float16() {
        return floating(2, 15, 10, 5, 10, 15);
    }

    static byte[] float32() {
        return floating(4, 31, 23, 8, 23, 127);
    }

    private static byte[] floating(int size, int sign, int exponentAt, int exponentSize, int mantissaSize, int bias) {
        ByteBuffer b = buffer(20);
        b.put((byte) 0x11).put((byte) 0x20).put((byte) sign).put((byte) 0).putInt(size);
        b.putShort((short) 0).putShort((short) (8 * size));
        b.put((byte) exponentAt)
                .put((byte) exponentSize)
                .put((byte) 0)
                .put((byte) mantissaSize)
                .putInt(bias);
        return b.array();
    }

    static byte[] unsigned16() {
        ByteBuffer b = buffer(12);
        b.putInt(0x10).putInt(2).putShort((short) 0).putShort((short) 16);
        return b.array();
    }

    static byte[] list(byte[] of) {
        ByteBuffer b = buffer(8 + of.length);
        b.putInt(0x19).putInt(16).put(of);
        return b.array();
    }

    /** Strings of a fixed number of bytes, filled up with zeros. */
    static byte[] text(int bytes, boolean ascii) {
        ByteBuffer b = buffer(8);
        b.put((byte) 0x13).put((byte) (ascii ? 0x01 : 0x11)).putShort((short) 0).putInt(bytes);
        return b.array();
    }

    // ---- objects --------------------------------------------------------------------------------------------------

    /** @return address of the data set's object header */
    static long dataset(Sink sink, byte[] type, int count, long data, long bytes) throws IOException {
        ByteBuffer space = buffer(16);
        space.put((byte) 1).put((byte) 1).putShort((short) 0).putInt(0).putLong(count);
        ByteBuffer fill = buffer(8);
        fill.put((byte) 2).put((byte) 2).put((byte) 2).put((byte) 1).putInt(0);
        ByteBuffer layout = buffer(18);
        layout.put((byte) 3)
                .put((byte) 1)
                .putLong(bytes == 0 ? UNDEFINED : data)
                .putLong(bytes);
        return header(
                sink,
                new int[] {MESSAGE_DATASPACE, MESSAGE_DATATYPE, MESSAGE_FILL, MESSAGE_LAYOUT},
                new byte[][] {space.array(), type, fill.array(), layout.array()});
    }

    private static long header(Sink sink, int[] kinds, byte[][] messages) throws IOException {
        int size = 0;
        for (byte[] message : messages) {
            size += 8 + padded(message.length);
        }
        ByteBuffer b = buffer(16 + size);
        b.put((byte) 1)
                .put((byte) 0)
                .putShort((short) messages.length)
                .putInt(1)
                .putInt(size)
                .putInt(0);
        for (int m = 0; m < messages.length; m++) {
            int end = b.position() + 8 + padded(messages[m].length);
            b.putShort((short) kinds[m]).putShort((short) padded(messages[m].length));
            b.put((byte) (kinds[m] == MESSAGE_DATATYPE ? 1 : 0)).put(new byte[3]);
            b.put(messages[m]).position(end);
        }
        return sink.append(b.flip());
    }

    /** @param members object headers by name, at most eight; a group's own header stands for it */
    static Group group(Sink sink, Map<String, Long> members) throws IOException {
        var sorted = new TreeMap<>(members);
        if (sorted.size() > 2 * GROUP_LEAF_K) {
            throw new IllegalArgumentException("hdf: expected at most 8 members of a group, found " + sorted.keySet());
        }
        ByteBuffer names = buffer(1_024);
        names.putLong(0);
        ByteBuffer leaf = buffer(LEAF_SIZE);
        leaf.put("SNOD".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) sorted.size());
        int lastName = 0;
        for (Map.Entry<String, Long> member : sorted.entrySet()) {
            lastName = names.position();
            byte[] name = member.getKey().getBytes(StandardCharsets.US_ASCII);
            names.put(name).position(lastName + padded(name.length + 1));
            leaf.putLong(lastName)
                    .putLong(member.getValue())
                    .putInt(0)
                    .putInt(0)
                    .putLong(0)
                    .putLong(0);
        }
        long leafAt = sink.append(leaf.clear());
        ByteBuffer tree = buffer(TREE_SIZE);
        tree.put("TREE".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0)
                .put((byte) 0)
                .putShort((short) 1);
        tree.putLong(UNDEFINED).putLong(UNDEFINED).putLong(0).putLong(leafAt).putLong(lastName);
        long treeAt = sink.append(tree.clear());
        long namesAt = sink.append(names.flip());
        ByteBuffer heap = buffer(HEAP_HEADER);
        heap.put("HEAP".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putLong(names.limit())
                .putLong(1)
                .putLong(namesAt);
        long heapAt = sink.append(heap.flip());
        ByteBuffer symbols = buffer(16);
        symbols.putLong(treeAt).putLong(heapAt);
        return new Group(header(sink, new int[] {MESSAGE_SYMBOLS}, new byte[][] {symbols.array()}), treeAt, heapAt);
    }

    static ByteBuffer superblock(Group root, long end) {
        ByteBuffer b = buffer(SUPERBLOCK);
        b.put(SIGNATURE).putInt(0).put((byte) 0).put((byte) 8).put((byte) 8).put((byte) 0);
        b.putShort((short) GROUP_LEAF_K).putShort((short) GROUP_INTERNAL_K).putInt(0);
        b.putLong(0).putLong(UNDEFINED).putLong(end).putLong(UNDEFINED);
        b.putLong(0)
                .putLong(root.header())
                .putInt(1)
                .putInt(0)
                .putLong(root.tree())
                .putLong(root.heap());
        return b.flip();
    }
}
