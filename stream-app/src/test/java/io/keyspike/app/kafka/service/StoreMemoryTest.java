package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.streams.state.internals.BlockBasedTableConfigWithAccessibleCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class StoreMemoryTest {

    /** As many as an instance with 24 partitions has. */
    private static final int STORES = 48;

    private static final int VALUE_BYTES = 1 << 10;
    private static final int VALUES_PER_STORE = 4 << 10;
    private static final int SECONDS_TO_WRITE_OUT = 60;

    private final StoreMemory memory = new StoreMemory();

    @TempDir
    @SuppressWarnings("NullAway.Init") // injected by JUnit
    private Path folder;

    @Test
    void shouldBoundTheMemoryOfAllStoresTogether() throws Exception {
        byte[] value = new byte[VALUE_BYTES];
        var random = new Random(1);
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        var stores = new ArrayList<RocksDB>();
        long unwritten = 0;
        try {
            for (int s = 0; s < STORES; s++) {
                String name = "store-" + s;
                var options = new Options()
                        .setCreateIfMissing(true)
                        .setTableFormatConfig(new BlockBasedTableConfigWithAccessibleCache());
                opened.push(options);
                memory.setConfig(name, options, Map.of());
                RocksDB store = RocksDB.open(options, folder.resolve(name).toString());
                opened.push(store);
                stores.add(store);
            }
            for (int i = 0; i < VALUES_PER_STORE; i++) {
                byte[] key = String.valueOf(i).getBytes(StandardCharsets.UTF_8);
                for (RocksDB store : stores) {
                    random.nextBytes(value);
                    store.put(key, value);
                }
            }
            // What is being written out still counts, and on a busy machine that is more than a moment's worth.
            long deadline = System.nanoTime() + SECONDS_TO_WRITE_OUT * 1_000_000_000L;
            do {
                Thread.sleep(50);
                unwritten = unwritten(stores);
            } while (unwritten > StoreMemory.WRITE_BUFFER_BYTES && System.nanoTime() < deadline);
        } finally {
            while (!opened.isEmpty()) {
                opened.pop().close();
            }
        }

        // 192 MiB were written; without a common bound they would all wait until a store has 16 MiB of its own.
        assertThat(unwritten).isBetween(1L, StoreMemory.WRITE_BUFFER_BYTES);
    }

    private static long unwritten(List<RocksDB> stores) throws RocksDBException {
        long bytes = 0;
        for (RocksDB store : stores) {
            bytes += store.getLongProperty("rocksdb.size-all-mem-tables");
        }
        return bytes;
    }

    @Test
    void shouldBeWhatTheServiceUses() {
        assertThat(ServiceConfig.at("127.0.0.1:9").streamsSettings(folder, "a", 1))
                .containsEntry("rocksdb.config.setter", StoreMemory.class);
    }
}
