/** Measurements of the engine with many streams, and of the service on Kafka. */
@NullMarked
package io.keyspike.app.bench;

import org.jspecify.annotations.NullMarked;
