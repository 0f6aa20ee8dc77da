package io.keyspike.app.kafka.service;

import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that belong to the instances under the rebalance protocol {@code classic}, and to the group at the broker under
 * {@code streams}.
 */
final class GroupSettings {

    private static final Logger log = LoggerFactory.getLogger(GroupSettings.class);

    static final String STANDBY_REPLICAS = "streams.num.standby.replicas";

    private GroupSettings() {}

    /**
     * Sets the number of standby replicas at the broker, if it differs.
     *
     * @throws BrokerException if the broker refuses
     */
    static void standbyReplicas(Admin admin, String group, int count) throws InterruptedException, TimeoutException {
        var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        String wanted = String.valueOf(count);
        try {
            ConfigEntry present = admin.describeConfigs(List.of(resource))
                    .all()
                    .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .getOrDefault(resource, new Config(List.of()))
                    .get(STANDBY_REPLICAS);
            if (present != null && wanted.equals(present.value())) {
                return;
            }
            var set = new AlterConfigOp(new ConfigEntry(STANDBY_REPLICAS, wanted), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set)))
                    .all()
                    .get(Topics.TIMEOUT_SECONDS, TimeUnit.SECONDS);
            log.info("the group {} now keeps {} standby replica(s)", group, count);
        } catch (ExecutionException e) {
            throw new BrokerException(
                    "the broker refused to set " + STANDBY_REPLICAS + "=" + wanted + " for the group " + group + ": "
                            + BrokerException.rootMessage(e),
                    e);
        }
    }
}
