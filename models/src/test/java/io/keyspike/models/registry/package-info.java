@NullMarked
package io.keyspike.models.registry;

import org.jspecify.annotations.NullMarked;
