/** Trainable layers: the whole-sequence kernels with parameters, gradients and buffers. */
@NullMarked
package io.keyspike.trainer.layers;

import org.jspecify.annotations.NullMarked;
