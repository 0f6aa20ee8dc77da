/** What a neuromorphic chip can hold, whether a network fits it, and what it would draw. */
@NullMarked
package io.keyspike.models.chip;

import org.jspecify.annotations.NullMarked;
