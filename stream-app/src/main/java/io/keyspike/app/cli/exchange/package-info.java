/** Commands that exchange networks and their activity with other libraries: {@code simulate} and {@code convert}. */
@NullMarked
package io.keyspike.app.cli.exchange;

import org.jspecify.annotations.NullMarked;
