/**
 * One step of one neuron in plain Java, forward and backward: the only place where each equation is written down as scalars,
 * in a form that a GPU compiler accepts.
 */
@NullMarked
package io.keyspike.kernels.internal.arithmetic;

import org.jspecify.annotations.NullMarked;
