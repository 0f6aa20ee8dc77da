/** A facade that checks the length of every array before a kernel without checks runs. */
@NullMarked
package io.keyspike.kernels.internal.check;

import org.jspecify.annotations.NullMarked;
