/** Runs another model over archived audio and compares its events with those of the live one. */
@NullMarked
package io.keyspike.app.kafka.rescore;

import org.jspecify.annotations.NullMarked;
