@NullMarked
package io.keyspike.models.chip;

import org.jspecify.annotations.NullMarked;
