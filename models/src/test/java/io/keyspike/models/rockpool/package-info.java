@NullMarked
package io.keyspike.models.rockpool;

import org.jspecify.annotations.NullMarked;
