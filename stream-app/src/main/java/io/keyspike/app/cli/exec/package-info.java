/** A user's command at each detection. */
@NullMarked
package io.keyspike.app.cli.exec;

import org.jspecify.annotations.NullMarked;
