/** Keyspike on Kafka: frames in, keyword events out, bad records aside. */
@NullMarked
package io.keyspike.app.kafka;

import org.jspecify.annotations.NullMarked;
