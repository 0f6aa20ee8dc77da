/** Training commands: {@code train}, {@code evaluate}, {@code cache}. */
@NullMarked
package io.keyspike.app.cli.train;

import org.jspecify.annotations.NullMarked;
