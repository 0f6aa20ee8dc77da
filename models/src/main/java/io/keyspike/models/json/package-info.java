/** The JSON texts in a model file's metadata, and the digest over them that makes a model's version. */
@NullMarked
package io.keyspike.models.json;

import org.jspecify.annotations.NullMarked;
