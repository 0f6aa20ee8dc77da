package io.keyspike.app.kafka.wire;

import java.util.Map;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A problem with the broker or one of its topics; the message is one sentence that says what to do. */
public class BrokerException extends RuntimeException {

    public BrokerException(String message) {
        super(message);
    }

    public BrokerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * What the innermost cause says, as Kafka wraps it, often more than once. What a user meets most, a broker that is not
     * there, is said in plain words: Kafka speaks of node assignments, metadata and bootstrap URLs then.
     */
    public static String rootMessage(Throwable e) {
        Throwable root = root(e);
        if (isSilence(e)) {
            return "no broker answered in time";
        }
        String message = root.getMessage();
        if (message == null) {
            return root.getClass().getSimpleName();
        }
        return message.startsWith("No resolvable bootstrap urls") ? "no host of that name was found" : message;
    }

    /** Whether a client waited for a broker in vain. */
    public static boolean isSilence(Throwable e) {
        Throwable root = root(e);
        return root instanceof java.util.concurrent.TimeoutException || root instanceof TimeoutException;
    }

    /**
     * No broker answered.
     *
     * @param settings of the client, {@code bootstrap.servers} among them
     */
    public static BrokerException silent(Map<String, ?> settings, Throwable cause) {
        return new BrokerException(
                "no Kafka broker answered at " + settings.get("bootstrap.servers")
                        + "; check the address and, for TLS or SASL, --properties",
                cause);
    }

    /** The innermost cause. */
    public static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
