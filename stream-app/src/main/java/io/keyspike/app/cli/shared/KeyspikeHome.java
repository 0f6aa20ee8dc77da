package io.keyspike.app.cli.shared;

import java.nio.file.Path;

/** The folder that the launcher runs from: where the models and the demo's sound lie. */
public final class KeyspikeHome {

    /** Set by the launcher. */
    private static final String PROPERTY = "keyspike.home";

    private KeyspikeHome() {}

    /** A folder of the checkout; of the working folder where no launcher said which checkout. */
    public static Path folder(String name) {
        return Path.of(System.getProperty(PROPERTY, "")).resolve(name);
    }
}
