/** The {@code demo} command: a broker, two speaking devices and a service in one process. */
@NullMarked
package io.keyspike.app.cli.demo;

import org.jspecify.annotations.NullMarked;
