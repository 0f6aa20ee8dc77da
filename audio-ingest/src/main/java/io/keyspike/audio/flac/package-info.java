/** A decoder of native FLAC streams (RFC 9639), bounded in time by the length of its input and in memory by a block. */
@NullMarked
package io.keyspike.audio.flac;

import org.jspecify.annotations.NullMarked;
