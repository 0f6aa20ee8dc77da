/** Network description, streaming inference, model files and the registry. */
@NullMarked
package io.keyspike.models;

import org.jspecify.annotations.NullMarked;
