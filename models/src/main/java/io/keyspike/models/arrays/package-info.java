/** Named arrays of numbers in the files that Python's libraries read and write: safetensors and NumPy's npz. */
@NullMarked
package io.keyspike.models.arrays;

import org.jspecify.annotations.NullMarked;
