package io.keyspike.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds what is not in the repository: recordings ({@code KEYSPIKE_DATA}, else {@code ../shared/data} beside the checkout)
 * and golden vectors that hold recordings ({@code ../shared/golden}). Tests that need them are skipped with the reason
 * where they are absent.
 */
public final class SharedData {

    private SharedData() {}

    /** The Speech Commands folder; skips the calling test where there is none. */
    public static Path speechCommands() {
        return require(data("speech-commands"), "recordings of Speech Commands");
    }

    /** The wake words' folder; skips the calling test where there is none. */
    public static Path wakeWords() {
        return require(data("wake-words"), "recordings of wake words");
    }

    /** The folder of MNIST's digits; skips the calling test where there is none. */
    public static Path digits() {
        return require(data("mnist"), "digits of MNIST");
    }

    /** A golden file that holds recordings; skips the calling test where there is none. */
    public static Path golden(String name) {
        return require(besideCheckout("golden").resolve(name), "golden file " + name);
    }

    private static Path data(String folder) {
        String configured = System.getenv("KEYSPIKE_DATA");
        Path root = configured != null ? Path.of(configured) : besideCheckout("data");
        return root.resolve(folder);
    }

    static Path besideCheckout(String folder) {
        String root = System.getProperty("keyspike.root");
        Path checkout = root != null ? Path.of(root) : Path.of("").toAbsolutePath();
        return checkout.resolve("../shared").resolve(folder).normalize();
    }

    static Path require(@Nullable Path path, String what) {
        Assumptions.assumeTrue(
                path != null && Files.exists(path),
                () -> "skipped: no " + what + " at " + path + " (set KEYSPIKE_DATA)");
        return java.util.Objects.requireNonNull(path);
    }
}
