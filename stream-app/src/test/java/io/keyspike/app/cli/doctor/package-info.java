@NullMarked
package io.keyspike.app.cli.doctor;

import org.jspecify.annotations.NullMarked;
