@NullMarked
package io.keyspike.voices.install;

import org.jspecify.annotations.NullMarked;
