package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.streams.state.internals.BlockBasedTableConfigWithAccessibleCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class StoreMemoryTest {

    /** As many as an instance with 24 partitions has. */
    private static final int STORES = 48;

    private static final int VALUE_BYTES = 1 << 10;
    private static final int VALUES_PER_STORE = 4 << 10;

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
            for (RocksDB store : stores) {
                unwritten += store.getLongProperty("rocksdb.size-all-mem-tables");
            }
        } finally {
            while (!opened.isEmpty()) {
                opened.pop().close();
            }
        }

        // 192 MiB were written; what is being written out still counts.
        assertThat(unwritten).isBetween(1L, StoreMemory.WRITE_BUFFER_BYTES * 5 / 4);
    }

    @Test
    void shouldBeWhatTheServiceUses() {
        assertThat(ServiceConfig.at("127.0.0.1:9").streamsSettings(folder, "a", 1))
                .containsEntry("rocksdb.config.setter", StoreMemory.class);
    }
}
