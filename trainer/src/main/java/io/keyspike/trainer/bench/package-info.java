/** Measurements that users can repeat: training throughput and its limit, and whether all solvers and backends agree. */
@NullMarked
package io.keyspike.trainer.bench;

import org.jspecify.annotations.NullMarked;
