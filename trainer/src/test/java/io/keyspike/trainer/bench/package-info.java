@NullMarked
package io.keyspike.trainer.bench;

import org.jspecify.annotations.NullMarked;
