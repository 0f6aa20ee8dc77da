package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something that must happen. */
final class Patience {

    private Patience() {}

    /** The limit only ends a test that would never end. */
    static void await(String what, BooleanSupplier happened) {
        long limit = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(limit);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
