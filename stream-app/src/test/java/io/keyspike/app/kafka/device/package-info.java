@NullMarked
package io.keyspike.app.kafka.device;

import org.jspecify.annotations.NullMarked;
