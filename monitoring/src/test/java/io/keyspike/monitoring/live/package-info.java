@NullMarked
package io.keyspike.monitoring.live;

import org.jspecify.annotations.NullMarked;
