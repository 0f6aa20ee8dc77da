/** From samples to feature steps: the filterbank and the log-mel front end, each streaming. */
@NullMarked
package io.keyspike.audio.features;

import org.jspecify.annotations.NullMarked;
