/** Network description (nodes, edges, tensors) and its two ways of running: whole sequences, and one step at a time. */
@NullMarked
package io.keyspike.models.network;

import org.jspecify.annotations.NullMarked;
