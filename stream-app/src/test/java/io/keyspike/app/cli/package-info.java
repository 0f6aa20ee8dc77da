@NullMarked
package io.keyspike.app.cli;

import org.jspecify.annotations.NullMarked;
