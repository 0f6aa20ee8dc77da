/** Optimisers, learning rate schedules, gradient clipping. */
@NullMarked
package io.keyspike.trainer.optimise;

import org.jspecify.annotations.NullMarked;
