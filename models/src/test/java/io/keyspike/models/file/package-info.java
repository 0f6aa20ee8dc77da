@NullMarked
package io.keyspike.models.file;

import org.jspecify.annotations.NullMarked;
