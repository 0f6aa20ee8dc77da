package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.trainer.cache.DiskCache;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --cache} and {@code --cache-limit}: location and maximum size of the feature cache on disk. */
public final class CacheOptions {
    private static final double BYTES_PER_GIGABYTE = 1 << 30;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Folder of cached features; may be deleted at any time (default: cache in --home).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path folder;

    @Option(
            names = "--cache-limit",
            paramLabel = "GIB",
            description =
                    "Maximum size; the least recently used features are removed first (default: ${DEFAULT-VALUE}).")
    private double limitGigabytes = DiskCache.DEFAULT_LIMIT_BYTES / BYTES_PER_GIGABYTE;

    public Path folder() {
        return folder != null ? folder : UserFolders.of(UserFolders.Kind.CACHE);
    }

    public long limitBytes() {
        if (!(limitGigabytes >= 0)) {
            throw new CommandException(
                    ExitCode.USAGE, "--cache-limit: expected at least 0 GiB, found " + limitGigabytes);
        }
        return (long) (limitGigabytes * BYTES_PER_GIGABYTE);
    }
}
