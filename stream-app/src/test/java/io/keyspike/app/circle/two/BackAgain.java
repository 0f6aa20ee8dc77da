package io.keyspike.app.circle.two;

import io.keyspike.app.circle.one.There;

/** The other half. */
public final class BackAgain {

    static final int TWICE = 2 * There.steps();

    public static final String STEPS = String.valueOf(System.nanoTime());

    private BackAgain() {}
}
