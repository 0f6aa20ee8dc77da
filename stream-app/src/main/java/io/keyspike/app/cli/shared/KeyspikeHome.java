package io.keyspike.app.cli.shared;

import java.nio.file.Path;

/** The installation folder, which holds the shipped models and the demo's audio. */
public final class KeyspikeHome {

    /** Set by the launcher. */
    private static final String PROPERTY = "keyspike.home";

    private KeyspikeHome() {}

    /** A folder of the installation, or of the working directory if not started by the launcher. */
    public static Path folder(String name) {
        return Path.of(System.getProperty(PROPERTY, "")).resolve(name);
    }
}
