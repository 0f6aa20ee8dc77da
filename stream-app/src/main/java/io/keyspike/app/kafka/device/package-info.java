/** One device's state: frame order, gaps, the spotter at work, the shadow model, and how all of it is saved. */
@NullMarked
package io.keyspike.app.kafka.device;

import org.jspecify.annotations.NullMarked;
