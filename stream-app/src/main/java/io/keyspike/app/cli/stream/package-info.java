/** Commands of the Kafka service: {@code stream}, {@code devices}, {@code rescore}. */
@NullMarked
package io.keyspike.app.cli.stream;

import org.jspecify.annotations.NullMarked;
