@NullMarked
package io.keyspike.app.kafka.query;

import org.jspecify.annotations.NullMarked;
