@NullMarked
package io.keyspike.app.kafka.rescore;

import org.jspecify.annotations.NullMarked;
