@NullMarked
package io.keyspike.models.description;

import org.jspecify.annotations.NullMarked;
