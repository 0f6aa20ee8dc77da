package io.keyspike.app.circle.one;

import io.keyspike.app.circle.two.BackAgain;

/** Half of a circle between two packages, for the test of the rule against them. */
public final class There {

    private There() {}

    public static int steps() {
        return BackAgain.STEPS.length();
    }
}
