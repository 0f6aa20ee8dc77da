@NullMarked
package io.keyspike.app.kafka.wire;

import org.jspecify.annotations.NullMarked;
