package io.keyspike.trainer.features;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Frame stores by what they were made of. A store's file is named by the hash of its recipe (data, spec, augmentation) and
 * appears whole or not at all; the folder can be deleted at any time.
 */
public final class FrameCache {
    private final @Nullable Path folder;

    /** @param folder where files are kept; null keeps everything in memory only */
    public FrameCache(@Nullable Path folder) {
        this.folder = folder;
    }

    /**
     * The store of a recipe, filled if it is not there yet.
     *
     * @param recipe text that says everything the content depends on
     * @param fill writes every clip's frames
     * @throws IOException if the cache folder cannot be written to
     */
    public FrameStore get(String recipe, int clips, int frames, int width, Consumer<FrameStore> fill)
            throws IOException {
        long size = FrameStore.byteSize(clips, frames, width);
        if (folder == null || size == 0) {
            var store = new FrameStore(Arena.ofAuto().allocate(size), clips, frames, width);
            fill.accept(store);
            return store;
        }
        Files.createDirectories(folder);
        Path file = folder.resolve(name(recipe) + ".frames");
        if (!Files.exists(file) || Files.size(file) != size) {
            Path partial = Files.createTempFile(folder, "partial-", ".frames");
            try {
                MemorySegment values = map(partial, FileChannel.MapMode.READ_WRITE, size);
                fill.accept(new FrameStore(values, clips, frames, width));
                values.force();
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        }
        return new FrameStore(map(file, FileChannel.MapMode.READ_ONLY, size), clips, frames, width);
    }

    /** Mapped until the store is no longer reachable. */
    private static MemorySegment map(Path file, FileChannel.MapMode mode, long size) throws IOException {
        StandardOpenOption[] options = mode.equals(FileChannel.MapMode.READ_ONLY)
                ? new StandardOpenOption[] {StandardOpenOption.READ}
                : new StandardOpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE};
        try (FileChannel channel = FileChannel.open(file, options)) {
            return channel.map(mode, 0, size, Arena.ofAuto());
        }
    }

    private static String name(String recipe) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(recipe.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
