@NullMarked
package io.keyspike.trainer;

import org.jspecify.annotations.NullMarked;
