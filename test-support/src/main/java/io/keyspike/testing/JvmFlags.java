package io.keyspike.testing;

import java.nio.file.Path;

/** The flags of the checkout's {@code jvm.flags}, for JVMs that tests start. */
public final class JvmFlags {

    private JvmFlags() {}

    /** {@return the argument that makes {@code java} read the file: its absolute path after an {@code @}} */
    public static String argument() {
        return "@" + file();
    }

    static Path file() {
        return checkout().resolve("jvm.flags");
    }

    static Path checkout() {
        return Path.of(System.getProperty("keyspike.root", ".."))
                .toAbsolutePath()
                .normalize();
    }
}
