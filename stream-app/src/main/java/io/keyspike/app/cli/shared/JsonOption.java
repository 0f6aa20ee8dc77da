package io.keyspike.app.cli.shared;

import picocli.CommandLine.Option;

/** The option {@code --json}. */
public final class JsonOption {

    @Option(names = "--json", description = "Print only JSON on standard output.")
    private boolean json;

    /** Whether JSON was requested. */
    public boolean isSet() {
        return json;
    }
}
