package io.keyspike.models.spotter;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.network.Node;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kinds of models whose code this process has compiled. A model of another kind (log-mel features after a filterbank,
 * adaptive neurons after plain ones) is warmed before it is swapped in; on a thousand live devices its first seconds would
 * otherwise run in the interpreter. Thread-safe.
 */
public final class WarmKinds {

    /** How long a model of a new kind hears noise before it is swapped in: the compiler is done with it by then. */
    private static final Duration TIME = Duration.ofMillis(1_500);

    private final Set<Set<Object>> known = ConcurrentHashMap.newKeySet();

    /** None is warm yet. */
    public WarmKinds() {}

    /**
     * Takes note of a model that has been running.
     *
     * @param spotter of a model that has processed audio for a while
     */
    public void running(KeywordSpotter spotter) {
        known.add(kind(spotter.model()));
    }

    /**
     * Warms a model unless one of its kind is warm already. Takes a second and a half, on the calling thread.
     *
     * @param next about to be swapped in
     * @return whether it was warmed
     */
    public boolean prepare(KeywordSpotter next) {
        boolean isNew = known.add(kind(next.model()));
        if (isNew) {
            next.warm(TIME);
        }
        return isNew;
    }

    /** What decides which code runs: the kind of features, the decision rule, and the kinds of nodes. */
    private static Set<Object> kind(KeywordModel model) {
        var kind = new HashSet<Object>();
        kind.add(model.features().getClass());
        kind.add(model.decision().rule());
        for (Node node : model.network().graph().nodes()) {
            kind.add(node.getClass());
        }
        return kind;
    }
}
