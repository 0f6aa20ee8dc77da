/** Data sets laid out as Speech Commands: words, splits, clips. */
@NullMarked
package io.keyspike.trainer.data;

import org.jspecify.annotations.NullMarked;
