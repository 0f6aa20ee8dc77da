/** Decision thresholds from streams of validation clips. */
@NullMarked
package io.keyspike.trainer.calibrate;

import org.jspecify.annotations.NullMarked;
