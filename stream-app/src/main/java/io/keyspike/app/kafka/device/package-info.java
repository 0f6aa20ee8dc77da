/** One device's state: frame order, gaps, running the spotter, the shadow model, and how all of it is saved. */
@NullMarked
package io.keyspike.app.kafka.device;

import org.jspecify.annotations.NullMarked;
