/** Event data: lists of spikes of a sensor, and the transforms that make frames of them, as the library Tonic defines them. */
@NullMarked
package io.keyspike.trainer.events;

import org.jspecify.annotations.NullMarked;
