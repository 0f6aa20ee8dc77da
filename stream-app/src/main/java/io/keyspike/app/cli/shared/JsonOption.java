package io.keyspike.app.cli.shared;

import picocli.CommandLine.Option;

/** The option {@code --json}. */
public final class JsonOption {

    @Option(names = "--json", description = "Print JSON instead of text, and nothing else on standard output.")
    private boolean json;

    /** Whether output is for programs. */
    public boolean isSet() {
        return json;
    }
}
