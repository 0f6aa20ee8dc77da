package io.keyspike.app.kafka.service;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * A common limit on the off-heap memory of all state stores of the process. Kafka Streams gives each store 50 MiB of cache
 * and up to three write buffers of 16 MiB; an instance with 24 partitions has 48 stores, so a service's memory would
 * grow with its share of the partitions, to some 4.5 GiB, and unseen by the heap's limit.
 */
public final class StoreMemory implements RocksDBConfigSetter {

    /** Size for cached blocks, indexes, filters and write buffers. */
    static final long TOTAL_BYTES = 128L << 20;

    /** Part of it for write buffers. When it is nearly reached, a store being written to flushes its buffer. */
    static final long WRITE_BUFFER_BYTES = 64L << 20;

    /**
     * A buffer's memory comes in pieces of this size, of which each store has one with its first value. RocksDB's own 1 MiB
     * would fill the bound with the beginnings of buffers.
     */
    private static final long PIECE_BYTES = 128L << 10;

    /** Loaded when the first store opens: until then RocksDB's library is not needed. */
    private static final class Shared {
        static {
            RocksDB.loadLibrary();
        }

        private static final Cache CACHE = new LRUCache(TOTAL_BYTES);
        private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        var table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(Shared.CACHE);
        // Otherwise they are kept outside the limit for as long as a file is open.
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setArenaBlockSize(PIECE_BYTES);
        options.setWriteBufferManager(Shared.WRITE_BUFFERS);
    }

    /** The cache and the buffers are shared by all stores and live as long as the process. */
    @Override
    public void close(String storeName, Options options) {}
}
