@NullMarked
package io.keyspike.monitoring.http;

import org.jspecify.annotations.NullMarked;
