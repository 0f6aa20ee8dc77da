package io.keyspike.trainer.loop;

/**
 * What it took to share batches with other processes.
 *
 * @param batches that were shared
 * @param processes that had a part in the last of them, this one included
 * @param sendingSeconds packing weights and samples, and handing them to the connections
 * @param waitingSeconds for gradients that were not there when this process had done its own part, and unpacking them
 * @param bytesSent to all processes together
 * @param bytesReceived from all processes together
 */
public record ExchangeCost(
        long batches,
        int processes,
        double sendingSeconds,
        double waitingSeconds,
        long bytesSent,
        long bytesReceived) {}
