/** The command line: one class per command. */
@NullMarked
package io.keyspike.app.cli;

import org.jspecify.annotations.NullMarked;
