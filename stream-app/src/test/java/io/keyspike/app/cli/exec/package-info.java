@NullMarked
package io.keyspike.app.cli.exec;

import org.jspecify.annotations.NullMarked;
