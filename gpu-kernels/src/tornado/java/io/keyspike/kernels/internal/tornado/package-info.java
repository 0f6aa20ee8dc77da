/** Kernels and resident chains on a GPU through TornadoVM; compiled only where an SDK is. */
@NullMarked
package io.keyspike.kernels.internal.tornado;

import org.jspecify.annotations.NullMarked;
