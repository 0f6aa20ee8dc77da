/**
 * Chooses an implementation of the kernels by name: {@link io.keyspike.kernels.backends.Backends} on the processor, {@link
 * io.keyspike.kernels.backends.Devices} on a GPU.
 */
@NullMarked
package io.keyspike.kernels.backends;

import org.jspecify.annotations.NullMarked;
