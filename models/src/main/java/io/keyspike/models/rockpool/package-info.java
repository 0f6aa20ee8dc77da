/** Networks of the library Rockpool: its JSON files, read and written. */
@NullMarked
package io.keyspike.models.rockpool;

import org.jspecify.annotations.NullMarked;
