@NullMarked
package io.keyspike.audio;

import org.jspecify.annotations.NullMarked;
