/** Commands on models: {@code models} and {@code inspect}. */
@NullMarked
package io.keyspike.app.cli.models;

import org.jspecify.annotations.NullMarked;
