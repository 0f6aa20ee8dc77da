/** Folders that last no longer than what needs them. */
@NullMarked
package io.keyspike.app.files;

import org.jspecify.annotations.NullMarked;
