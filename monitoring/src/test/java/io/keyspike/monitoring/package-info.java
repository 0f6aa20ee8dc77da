@NullMarked
package io.keyspike.monitoring;

import org.jspecify.annotations.NullMarked;
