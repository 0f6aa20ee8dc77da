/** Our networks from and to other libraries' descriptions: NIR graphs, snnTorch's state dictionaries. */
@NullMarked
package io.keyspike.models.exchange;

import org.jspecify.annotations.NullMarked;
