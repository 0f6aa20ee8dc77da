package io.keyspike.app.bench;

import io.keyspike.app.kafka.wire.GroupProgress;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Frames not yet committed by a service, according to the broker. */
final class GroupLag implements AutoCloseable {

    private final Admin admin;
    private final String group;

    GroupLag(Map<String, Object> settings, String group) {
        this.admin = Admin.create(settings);
        this.group = group;
    }

    long frames() throws InterruptedException {
        return GroupProgress.of(admin, group).lag();
    }

    @Override
    public void close() {
        admin.close();
    }
}
