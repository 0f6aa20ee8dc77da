/** {@code keyword}: a model of one's own word, from text, recordings or both. */
@NullMarked
package io.keyspike.app.cli.keyword;

import org.jspecify.annotations.NullMarked;
