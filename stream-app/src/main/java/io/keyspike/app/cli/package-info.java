/** The command line: one class for each command. */
@NullMarked
package io.keyspike.app.cli;

import org.jspecify.annotations.NullMarked;
