/** A Kafka broker inside the JVM. */
@NullMarked
package io.keyspike.app.kafka.broker;

import org.jspecify.annotations.NullMarked;
