@NullMarked
package io.keyspike.trainer.streams;

import org.jspecify.annotations.NullMarked;
