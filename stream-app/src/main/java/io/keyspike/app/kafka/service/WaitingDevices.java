package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.GroupProgress;
import io.keyspike.app.kafka.wire.Topics;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether devices send audio that no instance of the service processes meanwhile. A service that starts cold is behind for some
 * seconds; one that warms up first keeps such devices waiting for longer than that. Where another instance serves them, or none
 * sends, the warm-up costs nobody anything.
 */
public final class WaitingDevices implements BooleanSupplier, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WaitingDevices.class);

    /** From one look at the broker to the next; a group that keeps up commits several times meanwhile. */
    private static final Duration SPACING = Duration.ofSeconds(2);

    private final Admin admin;
    private final String group;
    private @Nullable GroupProgress last;
    private long lookedAt;
    private boolean found;

    private WaitingDevices(Admin admin, String group) {
        this.admin = admin;
        this.group = group;
        look();
    }

    /** Takes a first look at the group of a service. What the broker refuses to say counts as no devices. */
    public static WaitingDevices of(ServiceConfig config) {
        return new WaitingDevices(Topics.admin(config.clientSettings()), config.applicationId());
    }

    /**
     * Waits until it can be told.
     *
     * @return whether devices are waiting; at once where none has ever sent anything
     */
    public boolean await() throws InterruptedException {
        GroupProgress first = last;
        if (first == null || first.arrived() == 0) {
            return false;
        }
        Thread.sleep(SPACING);
        look();
        return found;
    }

    /** {@return whether devices were found waiting; asks the broker every two seconds at most} */
    @Override
    public boolean getAsBoolean() {
        if (!found && System.nanoTime() - lookedAt > SPACING.toNanos()) {
            look();
        }
        return found;
    }

    private void look() {
        try {
            GroupProgress now = GroupProgress.of(admin, group);
            GroupProgress earlier = last;
            found |= earlier != null && now.isWaitingSince(earlier);
            last = now;
        } catch (BrokerException e) {
            log.debug("whether devices are waiting cannot be told", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lookedAt = System.nanoTime();
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
