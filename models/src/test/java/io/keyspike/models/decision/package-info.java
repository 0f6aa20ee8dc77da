@NullMarked
package io.keyspike.models.decision;

import org.jspecify.annotations.NullMarked;
