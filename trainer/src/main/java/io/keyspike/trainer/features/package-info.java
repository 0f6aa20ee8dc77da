/** From clips to the network's input: extraction, normaliser, augmentation, caches, batches. */
@NullMarked
package io.keyspike.trainer.features;

import org.jspecify.annotations.NullMarked;
