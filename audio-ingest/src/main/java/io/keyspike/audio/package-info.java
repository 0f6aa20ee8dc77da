/** Audio input: sources, resampling, and the wire format of a frame. */
@NullMarked
package io.keyspike.audio;

import org.jspecify.annotations.NullMarked;
