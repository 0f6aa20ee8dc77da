package io.keyspike.models.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;

/** Files that appear whole or not at all, also after a loss of power. */
public final class AtomicFiles {

    private AtomicFiles() {}

    /**
     * Writes a temporary file in the same folder, forces it to the disk, renames it, and forces the folder.
     *
     * @param file replaced if it is there; its folder must exist
     * @param content the whole content of the file
     * @throws IOException naming the file, if the content cannot be written or the file not renamed; one that was there stays as it was
     */
    public static void write(Path file, byte[] content) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = Objects.requireNonNull(target.getParent(), "a file has a folder");
        // Not createTempFile, whose files only their owner may read: a model is for every process that watches the
        // folder.
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(content);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // What fails while writing, such as a full disk, does not name the file.
            throw new IOException(file + ": cannot be written (" + e.getMessage() + ")", e);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceFolder(folder);
    }

    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems cannot open a folder; there the rename is as durable as the system makes it.
            System.getLogger(AtomicFiles.class.getName())
                    .log(System.Logger.Level.DEBUG, "folder " + folder + " not forced to disk", e);
        }
    }
}
