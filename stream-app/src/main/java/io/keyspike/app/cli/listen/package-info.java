/** Commands on audio of this machine: {@code listen}, {@code send}, {@code wyoming}. */
@NullMarked
package io.keyspike.app.cli.listen;

import org.jspecify.annotations.NullMarked;
