/** Model files: safetensors with JSON metadata, read strictly and published atomically. */
@NullMarked
package io.keyspike.models.file;

import org.jspecify.annotations.NullMarked;
