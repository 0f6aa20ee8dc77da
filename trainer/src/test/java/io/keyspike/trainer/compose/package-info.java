@NullMarked
package io.keyspike.trainer.compose;

import org.jspecify.annotations.NullMarked;
