/** The {@code doctor} command: what works on this machine. */
@NullMarked
package io.keyspike.app.cli.doctor;

import org.jspecify.annotations.NullMarked;
