/** Solvers of whole sequences: a scan over time, blocks of time in parallel, and convolution with spike refinement. */
@NullMarked
package io.keyspike.kernels.internal.solver;

import org.jspecify.annotations.NullMarked;
