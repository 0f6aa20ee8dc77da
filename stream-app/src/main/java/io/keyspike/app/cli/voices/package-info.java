/** {@code voices}: installs, lists and tries the voices of text to speech. */
@NullMarked
package io.keyspike.app.cli.voices;

import org.jspecify.annotations.NullMarked;
