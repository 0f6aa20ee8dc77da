/** Losses on spike counts and readouts. */
@NullMarked
package io.keyspike.trainer.loss;

import org.jspecify.annotations.NullMarked;
