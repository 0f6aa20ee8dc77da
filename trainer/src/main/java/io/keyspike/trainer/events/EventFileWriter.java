package io.keyspike.trainer.events;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes an HDF5 file in the layout of SHD and SSC that {@link EventFile} describes. Events are written as they come: what stays
 * in memory is 28 bytes for each sample and one block of 64 KiB, or of the largest sample. The file gets its name when it is closed.
 */
public final class EventFileWriter implements Closeable {
    private static final int BLOCK = 1 << 16;

    /** An index within a block has 16 bits, and 0 is its free space. */
    private static final int MOST_OBJECTS = 65_000;

    private static final int MOST_UNIT = 65_535;
    private static final double MICROS_PER_SECOND = 1e6;

    /** How times are stored: SHD has half precision, which is 0.5 ms at the end of the first second. */
    public enum Times {
        FLOAT16(2),
        FLOAT32(4);

        private final int bytes;

        Times(int bytes) {
            this.bytes = bytes;
        }
    }

    private final Path path;
    private final Path unfinished;
    private final Times precision;
    private final List<String> keys;
    private final FileChannel channel;
    private long end = HdfLayout.SUPERBLOCK;
    private int samples;
    private int[] counts = new int[1_024];
    private long[] blocks = new long[1_024];
    private int[] objects = new int[1_024];
    private int[] labels = new int[1_024];
    private int[] speakers = new int[1_024];
    private final ByteBuffer objectBytes = HdfLayout.buffer(BLOCK);
    private int objectsInBlock;
    private int firstInBlock;
    private boolean closed;

    /**
     * Begins a file.
     *
     * @param path the file, replaced when it is closed
     * @param keys what the labels are called, by number
     * @throws IOException if the file cannot be written
     */
    public EventFileWriter(Path path, List<String> keys, Times precision) throws IOException {
        if (keys.isEmpty() || keys.size() > MOST_UNIT) {
            throw new IllegalArgumentException("events: expected 1 to " + MOST_UNIT + " labels, found " + keys.size());
        }
        this.path = path;
        this.keys = List.copyOf(keys);
        this.precision = precision;
        unfinished = path.resolveSibling(path.getFileName() + ".unfinished");
        channel = FileChannel.open(
                unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /**
     * Appends a sample.
     *
     * @param events in the order of their times, units up to 65535
     * @param label index of its key
     * @param speaker who speaks, by number
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if a value is out of range
     */
    public void add(Events events, int label, int speaker) throws IOException {
        if (label < 0 || label >= keys.size() || speaker < 0 || speaker > MOST_UNIT) {
            throw new IllegalArgumentException("events: expected a label below " + keys.size()
                    + " and a speaker of at most " + MOST_UNIT + ", found " + label + " and " + speaker);
        }
        int timesSize = HdfLayout.padded(events.count() * precision.bytes);
        int unitsSize = HdfLayout.padded(events.count() * Short.BYTES);
        int size = 2 * HdfLayout.HEAP_OBJECT_HEADER + timesSize + unitsSize;
        boolean ownBlock = size > objectBytes.capacity();
        if (events.count() > 0 && (objectBytes.remaining() < size || objectsInBlock + 2 > MOST_OBJECTS)) {
            flush();
        }
        ByteBuffer to = ownBlock ? HdfLayout.buffer(size) : objectBytes;
        ensure();
        counts[samples] = events.count();
        labels[samples] = label;
        speakers[samples] = speaker;
        objects[samples] = objectsInBlock + 1;
        samples++;
        if (events.count() == 0) {
            return;
        }
        begin(to, events.count() * precision.bytes);
        for (long time : events.times()) {
            float seconds = (float) (time / MICROS_PER_SECOND);
            if (precision == Times.FLOAT16) {
                to.putShort(Float.floatToFloat16(seconds));
            } else {
                to.putFloat(seconds);
            }
        }
        pad(to);
        begin(to, events.count() * Short.BYTES);
        for (int unit : events.units()) {
            if (unit < 0 || unit > MOST_UNIT) {
                throw new IllegalArgumentException("events: expected units up to " + MOST_UNIT + ", found " + unit);
            }
            to.putShort((short) unit);
        }
        pad(to);
        if (ownBlock) {
            writeBlock(to);
        }
    }

    private void ensure() {
        if (samples == counts.length) {
            int more = 2 * samples;
            counts = Arrays.copyOf(counts, more);
            blocks = Arrays.copyOf(blocks, more);
            objects = Arrays.copyOf(objects, more);
            labels = Arrays.copyOf(labels, more);
            speakers = Arrays.copyOf(speakers, more);
        }
    }

    private void begin(ByteBuffer to, int bytes) {
        objectsInBlock++;
        to.putShort((short) objectsInBlock).putShort((short) 1).putInt(0).putLong(bytes);
    }

    private static void pad(ByteBuffer to) {
        while (to.position() % 8 != 0) {
            to.put((byte) 0);
        }
    }

    private void flush() throws IOException {
        if (objectsInBlock > 0) {
            writeBlock(objectBytes);
        }
        objectBytes.clear();
        firstInBlock = samples;
    }

    /** A global heap collection, with the room that is left at its end as object 0. */
    private void writeBlock(ByteBuffer content) throws IOException {
        content.flip();
        int used = HdfLayout.HEAP_OBJECT_HEADER + content.limit() + HdfLayout.HEAP_OBJECT_HEADER;
        int size = Math.max(HdfLayout.SMALLEST_COLLECTION, used);
        ByteBuffer head = HdfLayout.buffer(HdfLayout.HEAP_OBJECT_HEADER);
        head.put("GCOL".getBytes(StandardCharsets.US_ASCII)).putInt(1).putLong(size);
        long at = append(head.flip());
        append(content);
        int free = size - used + HdfLayout.HEAP_OBJECT_HEADER;
        ByteBuffer tail = HdfLayout.buffer(free);
        tail.putLong(0).putLong(free);
        append(tail.clear());
        Arrays.fill(blocks, firstInBlock, samples, at);
        objectBytes.clear();
        objectsInBlock = 0;
        firstInBlock = samples;
    }

    private long append(ByteBuffer bytes) throws IOException {
        long at = end;
        int length = bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + length - bytes.remaining());
        }
        end = (at + length + 7) & ~7L;
        return at;
    }

    private long lists(int objectOffset, byte[] type) throws IOException {
        ByteBuffer data = HdfLayout.buffer(Math.multiplyExact(samples, 16));
        for (int i = 0; i < samples; i++) {
            boolean empty = counts[i] == 0;
            data.putInt(counts[i]).putLong(empty ? 0 : blocks[i]).putInt(empty ? 0 : objects[i] + objectOffset);
        }
        return dataset(HdfLayout.list(type), data);
    }

    private long numbers(int[] values) throws IOException {
        ByteBuffer data = HdfLayout.buffer(Math.multiplyExact(samples, Short.BYTES));
        for (int i = 0; i < samples; i++) {
            data.putShort((short) values[i]);
        }
        return dataset(HdfLayout.unsigned16(), data);
    }

    private long texts() throws IOException {
        int longest = 1;
        boolean ascii = true;
        for (String key : keys) {
            longest = Math.max(longest, key.getBytes(StandardCharsets.UTF_8).length);
            ascii &= StandardCharsets.US_ASCII.newEncoder().canEncode(key);
        }
        ByteBuffer data = HdfLayout.buffer(Math.multiplyExact(longest, keys.size()));
        for (int k = 0; k < keys.size(); k++) {
            data.position(k * longest).put(keys.get(k).getBytes(StandardCharsets.UTF_8));
        }
        ByteBuffer all = data.clear();
        long at = append(all);
        return HdfLayout.dataset(
                this::append, HdfLayout.text(longest, ascii), keys.size(), at, (long) longest * keys.size());
    }

    private long dataset(byte[] type, ByteBuffer data) throws IOException {
        int bytes = data.capacity();
        long at = append(data.clear());
        return HdfLayout.dataset(this::append, type, samples, at, bytes);
    }

    /** Number of samples so far. */
    public int samples() {
        return samples;
    }

    /** Completes the file and gives it its name. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (channel) {
            flush();
            byte[] times = precision == Times.FLOAT16 ? HdfLayout.float16() : HdfLayout.float32();
            HdfLayout.Group spikes = HdfLayout.group(
                    this::append, Map.of("times", lists(0, times), "units", lists(1, HdfLayout.unsigned16())));
            HdfLayout.Group extra =
                    HdfLayout.group(this::append, Map.of("keys", texts(), "speaker", numbers(speakers)));
            HdfLayout.Group root = HdfLayout.group(
                    this::append,
                    Map.of("spikes", spikes.header(), "extra", extra.header(), "labels", numbers(labels)));
            channel.write(HdfLayout.superblock(root, end), 0);
            if (channel.size() < end) {
                channel.write(ByteBuffer.allocate(1), end - 1);
            }
            channel.force(true);
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Gives up: removes what has been written. */
    public void discard() throws IOException {
        closed = true;
        channel.close();
        Files.deleteIfExists(unfinished);
    }
}
