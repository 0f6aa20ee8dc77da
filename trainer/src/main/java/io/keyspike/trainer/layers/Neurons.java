package io.keyspike.trainer.layers;

import io.keyspike.models.Node;
import io.keyspike.models.Tensor;
import java.util.Map;

/** Neurons of a layer: a stage that knows its node in the model. */
interface Neurons extends Stage {

    /** The node, whose tensors are put into {@code tensors}. */
    Node export(Map<String, Tensor> tensors);
}
