package io.keyspike.app.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where commands look for what ships with Keyspike, until this is closed.
 *
 * @param before what the property was
 */
public record HomeProperty(@Nullable String before) implements AutoCloseable {

    private static final String NAME = "keyspike.home";

    public static HomeProperty set(Path home) {
        return new HomeProperty(System.setProperty(NAME, home.toString()));
    }

    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(NAME);
        } else {
            System.setProperty(NAME, before);
        }
    }
}
