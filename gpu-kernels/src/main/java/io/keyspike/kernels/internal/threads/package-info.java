/** Worker threads, and the arrays that a thread keeps from call to call. */
@NullMarked
package io.keyspike.kernels.internal.threads;

import org.jspecify.annotations.NullMarked;
