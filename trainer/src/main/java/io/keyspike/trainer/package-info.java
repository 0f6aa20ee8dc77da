/** Offline training: {@link io.keyspike.trainer.Trainer} makes a model, {@link io.keyspike.trainer.Evaluation} measures one. */
@NullMarked
package io.keyspike.trainer;

import org.jspecify.annotations.NullMarked;
