@NullMarked
package io.keyspike.models.network;

import org.jspecify.annotations.NullMarked;
