/** The training loop: {@link io.keyspike.trainer.loop.Trainer} makes a model file from data and a configuration. */
@NullMarked
package io.keyspike.trainer.loop;

import org.jspecify.annotations.NullMarked;
