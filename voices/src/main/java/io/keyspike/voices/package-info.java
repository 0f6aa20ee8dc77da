/** Text to speech for training examples: engines, their voices, and how voices are divided between training and validation. */
@NullMarked
package io.keyspike.voices;

import org.jspecify.annotations.NullMarked;
