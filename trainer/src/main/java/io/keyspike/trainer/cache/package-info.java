/** Frames of samples, wherever they are kept: recomputed, on disk, in memory. */
@NullMarked
package io.keyspike.trainer.cache;

import org.jspecify.annotations.NullMarked;
