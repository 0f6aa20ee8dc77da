/** Benchmark commands: {@code bench}. */
@NullMarked
package io.keyspike.app.cli.bench;

import org.jspecify.annotations.NullMarked;
