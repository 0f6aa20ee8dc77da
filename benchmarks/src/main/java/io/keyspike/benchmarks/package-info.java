@NullMarked
package io.keyspike.benchmarks;

import org.jspecify.annotations.NullMarked;
