@NullMarked
package io.keyspike.voices;

import org.jspecify.annotations.NullMarked;
