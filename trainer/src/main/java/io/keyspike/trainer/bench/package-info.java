/** Measurements that {@code keyspike bench} runs. */
@NullMarked
package io.keyspike.trainer.bench;

import org.jspecify.annotations.NullMarked;
