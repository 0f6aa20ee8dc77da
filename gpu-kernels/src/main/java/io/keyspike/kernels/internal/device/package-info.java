/**
 * Kernels written so that TornadoVM can compile them for a GPU and plain Java can run them, and the resident chain on the
 * host.
 */
@NullMarked
package io.keyspike.kernels.internal.device;

import org.jspecify.annotations.NullMarked;
