package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.BrokerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of local state: {@code STATE/CLUSTER/instance-id} and {@code STATE/CLUSTER/APPLICATION/}, the latter Kafka
 * Streams' own. Everything in it can be restored from the changelogs, so what is damaged is set aside.
 */
public final class StateFolder {

    private static final Logger log = LoggerFactory.getLogger(StateFolder.class);

    private static final String INSTANCE_ID = "instance-id";

    /** Parts of messages that tell of the machine, not of the files: restoring into the same folder would fail likewise. */
    private static final List<String> OF_THE_MACHINE = List.of(
            "no space left",
            "permission denied",
            "read-only file system",
            "too many open files",
            "input/output error",
            "disk quota exceeded",
            "cannot allocate memory",
            "resource temporarily unavailable", // another process has the store's lock
            "lock hold by",
            "lock file");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private StateFolder() {}

    /**
     * The name of the instance that uses this state folder, drawn once and kept in it. A damaged one is replaced: the group
     * then waits for the former member's session to end before it gives its partitions away.
     *
     * @param clusterDir the state folder of a cluster, created if it does not exist
     * @throws BrokerException if it cannot be used
     */
    static String instanceId(Path clusterDir) {
        Path file = clusterDir.resolve(INSTANCE_ID);
        try {
            Files.createDirectories(clusterDir);
            if (Files.exists(file)) {
                String kept =
                        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1).strip();
                if (isId(kept)) {
                    return kept;
                }
                log.warn("the instance id in {} is damaged; drawing another", file);
            }
            String id = UUID.randomUUID().toString();
            Files.writeString(file, id);
            return id;
        } catch (IOException e) {
            throw new BrokerException("cannot use the state folder " + clusterDir + ": " + e.getMessage(), e);
        }
    }

    private static boolean isId(String text) {
        try {
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether a failure comes from local state whose content is damaged. */
    static boolean isDamaged(Throwable exception) {
        boolean state = false;
        for (Throwable t = exception; t != null; t = t.getCause()) {
            if (t instanceof RocksDBException || t instanceof ProcessorStateException) {
                state = true;
            }
            String message = String.valueOf(t.getMessage()).toLowerCase(Locale.ROOT);
            if (t instanceof RocksDBException || t instanceof IOException) {
                if (OF_THE_MACHINE.stream().anyMatch(message::contains)) {
                    return false;
                }
            }
        }
        return state && isDataFault(exception);
    }

    /** A state exception also wraps failures of Kafka's clients and bugs; the files are at fault only in these cases. */
    private static boolean isDataFault(Throwable exception) {
        Throwable root = BrokerException.root(exception);
        return root instanceof RocksDBException || root instanceof IOException || root instanceof NumberFormatException;
    }

    static DamagedStateException damaged(Throwable cause) {
        return new DamagedStateException(
                "the service stopped, as its local state is damaged: " + BrokerException.rootMessage(cause), cause);
    }

    /**
     * Moves an application's local state away, so that the next start restores it from the changelogs.
     *
     * @param clusterDir the state folder of a cluster
     * @return where it is now
     * @throws BrokerException if it cannot be moved
     */
    public static Path setAside(Path clusterDir, String applicationId, Instant now) {
        Path folder = clusterDir.resolve(applicationId);
        try {
            for (int i = 1; ; i++) {
                Path aside =
                        clusterDir.resolve(applicationId + "-damaged-" + TIME.format(now) + (i == 1 ? "" : "-" + i));
                if (!Files.exists(aside)) {
                    return Files.move(folder, aside);
                }
            }
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot set the damaged state in " + folder + " aside: " + e.getMessage()
                            + "; delete this folder, and the state is restored from Kafka",
                    e);
        }
    }
}
