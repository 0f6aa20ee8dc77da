/** What tests of several modules share: golden vectors, and finding the recordings that a machine may lack. */
@NullMarked
package io.keyspike.testing;

import org.jspecify.annotations.NullMarked;
