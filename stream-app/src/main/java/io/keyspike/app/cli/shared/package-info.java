/** What several commands share: option groups, exit codes, terminal output, model lookup. */
@NullMarked
package io.keyspike.app.cli.shared;

import org.jspecify.annotations.NullMarked;
