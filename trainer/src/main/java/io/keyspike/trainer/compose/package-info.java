/** Composes streams of words, connected speech, pauses, noise and rooms, with labels that say where each word lies. */
@NullMarked
package io.keyspike.trainer.compose;

import org.jspecify.annotations.NullMarked;
