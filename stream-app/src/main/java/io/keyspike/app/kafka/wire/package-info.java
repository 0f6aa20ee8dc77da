/** What goes over Kafka: topics and their checks, frames in, events and dead-letter records out. */
@NullMarked
package io.keyspike.app.kafka.wire;

import org.jspecify.annotations.NullMarked;
