/** Questions to a running service, answered over HTTP by the instance that owns the device. */
@NullMarked
package io.keyspike.app.kafka.query;

import org.jspecify.annotations.NullMarked;
