/** Measures a model on labelled clips: {@link io.keyspike.trainer.evaluate.ClipEvaluator}. */
@NullMarked
package io.keyspike.trainer.evaluate;

import org.jspecify.annotations.NullMarked;
