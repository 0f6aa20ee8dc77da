@NullMarked
package io.keyspike.trainer.calibrate;

import org.jspecify.annotations.NullMarked;
