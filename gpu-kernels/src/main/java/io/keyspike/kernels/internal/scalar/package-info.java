/** The reference kernels: plain loops over the arithmetic, which every other backend must match bit for bit. */
@NullMarked
package io.keyspike.kernels.internal.scalar;

import org.jspecify.annotations.NullMarked;
