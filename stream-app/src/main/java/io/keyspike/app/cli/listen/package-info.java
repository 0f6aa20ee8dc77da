/** Commands on this machine's audio: {@code listen}, {@code send}, {@code wyoming}. */
@NullMarked
package io.keyspike.app.cli.listen;

import org.jspecify.annotations.NullMarked;
