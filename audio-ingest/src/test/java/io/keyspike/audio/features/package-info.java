@NullMarked
package io.keyspike.audio.features;

import org.jspecify.annotations.NullMarked;
