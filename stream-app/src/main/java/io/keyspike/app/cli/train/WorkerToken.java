package io.keyspike.app.cli.train;

import io.keyspike.monitoring.http.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The token that a worker asks for, in a file as the live page's. */
final class WorkerToken {
    private WorkerToken() {}

    /** @throws IOException with one sentence, if the file cannot be read or holds no token */
    static String read(Path file) throws IOException {
        if (!Access.byTokenIn(file).needsToken()) {
            throw new IOException("token file " + file + ": expected a token, found none");
        }
        return Files.readString(file).strip();
    }
}
