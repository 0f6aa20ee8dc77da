package io.keyspike.app.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.CacheOptions;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.trainer.cache.DiskCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cache}: shows or clears the disk cache of extracted features. */
@Command(name = "cache", description = "Shows the disk space used by cached features, or clears the cache.")
public final class CacheCommand implements Callable<Integer> {

    @Mixin
    private CacheOptions cache = new CacheOptions();

    @Option(names = "--clear", description = "Remove all cached features; training recomputes them.")
    private boolean clear;

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var disk = new DiskCache(cache.folder(), cache.limitBytes());
        DiskCache.Usage usage = clear ? disk.clear() : disk.usage();
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            out.println(new ObjectMapper()
                    .createObjectNode()
                    .put("folder", cache.folder().toString())
                    .put("cleared", clear)
                    .put("samples", usage.entries())
                    .put("bytes", usage.bytes())
                    .toString());
            out.flush();
            return ExitCode.OK;
        }
        out.println(String.format(
                Locale.ROOT,
                "%s: %s%,d samples, %s",
                cache.folder(),
                clear ? "removed " : "",
                usage.entries(),
                size(usage.bytes())));
        out.flush();
        return ExitCode.OK;
    }

    /** A size as people read it. */
    static String size(long bytes) {
        double mebibytes = bytes / (double) (1 << 20);
        return mebibytes < 1024
                ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
                : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
    }
}
