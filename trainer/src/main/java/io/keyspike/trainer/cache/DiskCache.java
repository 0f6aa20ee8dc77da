package io.keyspike.trainer.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames of samples in a folder, one file each, safe for any number of processes at once. A file appears whole under its
 * name or not at all (temporary file, rename), carries its key and a checksum, and one that is damaged counts as absent.
 * The folder can be deleted at any time.
 *
 * <pre>
 * offset  size  what, little-endian
 * 0       4     magic "KSF1"
 * 4       4     number of values
 * 8       32    key
 * 40      4     CRC-32C of everything before it and of what follows
 * 44      …     values, see {@link FrameEncoding}
 * </pre>
 */
public final class DiskCache {
    private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);

    private static final int MAGIC = 0x3146_534B;
    private static final int KEY_BYTES = 32;
    private static final int CHECKSUM_AT = 2 * Integer.BYTES + KEY_BYTES;
    private static final int HEADER = CHECKSUM_AT + Integer.BYTES;
    private static final String ENTRY = ".frames";
    private static final String PARTIAL = "partial-";

    /** Room for the features of all of Speech Commands and five augmented copies. */
    public static final long DEFAULT_LIMIT_BYTES = 10L << 30;

    /** What a killed process left is taken for that after so long. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** An entry's time of last use is kept to this precision, so that reading does not write. */
    private static final Duration TOUCHED = Duration.ofHours(12);

    /** When the limit is reached, entries are removed down to this share of it. */
    private static final double KEPT = 0.8;

    /** Writes a file's content; a test's place to fail. */
    interface Writer {
        void write(Path file, byte[] content) throws IOException;
    }

    /**
     * What lies in the folder.
     *
     * @param entries cached samples
     * @param bytes of the files
     */
    public record Usage(long entries, long bytes) {}

    private record Entry(Path file, long bytes, FileTime used) {}

    private final Path folder;
    private final long limitBytes;
    private final Writer writer;

    /** Bytes in the folder as far as this process knows; negative while it has not looked. */
    private final AtomicLong known = new AtomicLong(-1);

    /**
     * @param folder made if it is not there
     * @param limitBytes when the folder's files exceed it, those not used for longest are removed; of several processes
     *     each sees to its own
     * @throws IOException if the folder cannot be made
     */
    public DiskCache(Path folder, long limitBytes) throws IOException {
        this(folder, limitBytes, Files::write);
    }

    DiskCache(Path folder, long limitBytes, Writer writer) throws IOException {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("cache: expected a limit of at least 0 bytes, found " + limitBytes);
        }
        this.folder = folder;
        this.limitBytes = limitBytes;
        this.writer = writer;
        try {
            Files.createDirectories(folder);
        } catch (FileSystemException e) {
            throw new IOException(
                    folder + ": expected a folder for the feature cache, found none and could not create one ("
                            + reason(e) + ")",
                    e);
        }
    }

    /**
     * Reads an entry.
     *
     * @param to {@code [count]}, all written where the result is true
     * @return false where there is no entry, or only a damaged one
     */
    boolean read(byte[] key, float[] to, int count) {
        Path file = file(key);
        try {
            byte[] bytes = Files.readAllBytes(file);
            decode(bytes, key, to, count);
            touch(file);
            return true;
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("cache entry {} cannot be used and is recomputed: {}", file, e.getMessage());
            return false;
        }
    }

    private static void decode(byte[] bytes, byte[] key, float[] to, int count) {
        if (bytes.length < HEADER) {
            throw new IllegalArgumentException("expected at least " + HEADER + " bytes, found " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(0) != MAGIC) {
            throw new IllegalArgumentException(String.format("expected magic %08x, found %08x", MAGIC, in.getInt(0)));
        }
        if (in.getInt(CHECKSUM_AT) != checksum(bytes)) {
            throw new IllegalArgumentException(
                    String.format("expected checksum %08x, found %08x", in.getInt(CHECKSUM_AT), checksum(bytes)));
        }
        if (in.getInt(4) != count || !Arrays.equals(bytes, 8, 8 + KEY_BYTES, key, 0, KEY_BYTES)) {
            throw new IllegalArgumentException("expected " + count + " values of its key, found " + in.getInt(4)
                    + " of " + FrameKeys.hex(Arrays.copyOfRange(bytes, 8, 8 + KEY_BYTES)));
        }
        FrameEncoding.decode(bytes, HEADER, bytes.length - HEADER, to, 0, count);
    }

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, CHECKSUM_AT);
        crc.update(bytes, HEADER, bytes.length - HEADER);
        return (int) crc.getValue();
    }

    /**
     * Writes an entry; the last of several processes wins, and all wrote the same.
     *
     * @throws IOException if there is no room for it, or the folder cannot be written to; nothing is left behind
     */
    void write(byte[] key, float[] values) throws IOException {
        byte[] encoded = FrameEncoding.forDisk(values);
        byte[] bytes = new byte[HEADER + encoded.length];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(values.length).put(key);
        out.putInt(0).put(encoded);
        out.putInt(CHECKSUM_AT, checksum(bytes));
        if (!makeRoom(bytes.length)) {
            return;
        }
        Path file = file(key);
        Path parent = folder.resolve(group(key));
        Path partial = parent.resolve(
                PARTIAL + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        try {
            Files.createDirectories(parent);
            writer.write(partial, bytes);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IOException(
                    file + ": expected room for " + bytes.length + " bytes in the feature cache, found none ("
                            + reason(e) + "); free some, move the cache to another folder, or train without it",
                    e);
        } finally {
            Files.deleteIfExists(partial);
        }
        known.addAndGet(bytes.length);
    }

    private static String reason(IOException e) {
        String why = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return why == null ? e.getClass().getSimpleName() : why;
    }

    /** Whether an entry may be written, after removing others if that helps. */
    private boolean makeRoom(int bytes) throws IOException {
        if (bytes > limitBytes) {
            return false;
        }
        if (known.get() >= 0 && known.get() + bytes <= limitBytes) {
            return true;
        }
        synchronized (this) {
            if (known.get() < 0 || known.get() + bytes > limitBytes) {
                removeOldest(bytes);
            }
        }
        return true;
    }

    private void removeOldest(int room) throws IOException {
        List<Entry> entries = entries();
        long total = entries.stream().mapToLong(Entry::bytes).sum();
        if (total + room > limitBytes) {
            entries.sort(Comparator.comparing(Entry::used).thenComparing(Entry::file));
            long wanted = Math.min((long) (KEPT * limitBytes), limitBytes - room);
            for (Entry entry : entries) {
                if (total <= wanted) {
                    break;
                }
                Files.deleteIfExists(entry.file());
                total -= entry.bytes();
            }
        }
        known.set(total);
    }

    /** Entries that are whole; what killed processes left is removed on the way. */
    private List<Entry> entries() throws IOException {
        var entries = new ArrayList<Entry>();
        Instant abandoned = Instant.now().minus(ABANDONED);
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                if (!name.endsWith(ENTRY) && !name.startsWith(PARTIAL)) {
                    continue;
                }
                try {
                    BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
                    if (name.endsWith(ENTRY)) {
                        entries.add(new Entry(file, facts.size(), facts.lastModifiedTime()));
                    } else if (facts.lastModifiedTime().toInstant().isBefore(abandoned)) {
                        Files.deleteIfExists(file);
                    }
                } catch (java.nio.file.NoSuchFileException e) {
                    LOG.debug("{} disappeared while the cache was being scanned", file);
                }
            }
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
        return entries;
    }

    /** What lies in the folder now. */
    public Usage usage() throws IOException {
        List<Entry> entries = entries();
        return new Usage(
                entries.size(), entries.stream().mapToLong(Entry::bytes).sum());
    }

    /** Removes all entries, and returns what they were. */
    public Usage clear() throws IOException {
        List<Entry> entries = entries();
        for (Entry entry : entries) {
            Files.deleteIfExists(entry.file());
        }
        known.set(-1);
        return new Usage(
                entries.size(), entries.stream().mapToLong(Entry::bytes).sum());
    }

    private static void touch(Path file) throws IOException {
        Instant now = Instant.now();
        if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(TOUCHED))) {
            Files.setLastModifiedTime(file, FileTime.from(now));
        }
    }

    /** Where an entry lies: 256 folders keep each of them small. */
    Path file(byte[] key) {
        return folder.resolve(group(key)).resolve(FrameKeys.hex(key).substring(2) + ENTRY);
    }

    private static String group(byte[] key) {
        return FrameKeys.hex(key).substring(0, 2);
    }
}
