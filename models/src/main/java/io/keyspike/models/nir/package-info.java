/** NIR, the Neuromorphic Intermediate Representation (Pedersen et al. 2024): its files, graphs, and what its nodes compute. */
@NullMarked
package io.keyspike.models.nir;

import org.jspecify.annotations.NullMarked;
