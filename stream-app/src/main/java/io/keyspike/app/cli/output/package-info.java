/** Output that must not be lost. */
@NullMarked
package io.keyspike.app.cli.output;

import org.jspecify.annotations.NullMarked;
