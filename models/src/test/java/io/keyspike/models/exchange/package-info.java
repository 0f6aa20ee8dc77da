@NullMarked
package io.keyspike.models.exchange;

import org.jspecify.annotations.NullMarked;
