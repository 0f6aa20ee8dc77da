@NullMarked
package io.keyspike.app.kafka.broker;

import org.jspecify.annotations.NullMarked;
