@NullMarked
package io.keyspike.models.nir;

import org.jspecify.annotations.NullMarked;
