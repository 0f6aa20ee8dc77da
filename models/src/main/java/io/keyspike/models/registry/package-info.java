/** Models by name, and the swap to a new one between two frames. */
@NullMarked
package io.keyspike.models.registry;

import org.jspecify.annotations.NullMarked;
