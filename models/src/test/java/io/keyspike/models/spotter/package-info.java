@NullMarked
package io.keyspike.models.spotter;

import org.jspecify.annotations.NullMarked;
