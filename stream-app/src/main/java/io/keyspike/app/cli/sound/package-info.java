/** Where commands hear sound from: microphones, files and standard input, and what goes wrong with them. */
@NullMarked
package io.keyspike.app.cli.sound;

import org.jspecify.annotations.NullMarked;
