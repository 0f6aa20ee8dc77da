@NullMarked
package io.keyspike.app.cli.shared;

import org.jspecify.annotations.NullMarked;
