/** Streams with labels: what a model hits, misses and falsely reports an hour, at every threshold. */
@NullMarked
package io.keyspike.trainer.streams;

import org.jspecify.annotations.NullMarked;
