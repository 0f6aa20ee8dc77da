/** Kernels on the Vector API and all cores: the default backend. */
@NullMarked
package io.keyspike.kernels.internal.vector;

import org.jspecify.annotations.NullMarked;
