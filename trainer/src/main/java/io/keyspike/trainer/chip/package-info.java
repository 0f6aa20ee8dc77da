/** Training for a neuromorphic chip, and how a model fares on imperfect ones. */
@NullMarked
package io.keyspike.trainer.chip;

import org.jspecify.annotations.NullMarked;
