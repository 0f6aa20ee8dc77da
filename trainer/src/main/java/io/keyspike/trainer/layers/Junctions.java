package io.keyspike.trainer.layers;

import io.keyspike.trainer.config.LayerWiring;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where layers meet: what a layer reads from several others, or with a delay, and what comes back to a layer from several
 * readers. Sums are taken in a fixed order: a layer's sources as they are listed, its readers ascending. A layer that reads
 * one other as it is gets that layer's own array, and gives its own gradient back. Sequences are {@code [T, B, N]}.
 *
 * <p>Layers that feed back are solved by repetition. In the first sweep, the delayed values of layers that are computed later
 * are zeros; in each further sweep they are those of the sweep before. With a delay of d steps, sweep k has the first k·d
 * steps right, so the values stop changing after at most ⌈T/d⌉ sweeps and are then those of a run step by step. Gradients go
 * the same way, from the last step backward.
 */
final class Junctions {
    private final LayerWiring wiring;
    private final List<Integer> widths;
    private final float[][] gathered;
    private final float[][] returned;

    /** By layer: outputs of the sweep before, where another layer reads them as feedback. */
    private final float[][] heldOutputs;

    /** By layer: input gradients of the sweep before, where the layer reads feedback. */
    private final float[][] heldGradients;

    /** @param widths of the network's input and of each layer */
    Junctions(LayerWiring wiring, List<Integer> widths, int maximumRows) {
        this.wiring = wiring;
        this.widths = widths;
        int layers = wiring.sources().size();
        gathered = new float[layers][];
        returned = new float[layers][];
        heldOutputs = new float[layers][];
        heldGradients = new float[layers][];
        for (int l = 0; l < layers; l++) {
            if (!wiring.readsOneAsItIs(l)) {
                gathered[l] = new float[Math.multiplyExact(maximumRows, inputWidth(l))];
            }
            if (!passesGradientOn(l)) {
                returned[l] = new float[Math.multiplyExact(maximumRows, width(l))];
            }
            for (LayerWiring.Source source : wiring.sources().get(l)) {
                if (wiring.isFeedback(source, l)) {
                    heldOutputs[source.layer()] = new float[maximumRows * width(source.layer())];
                    heldGradients[l] = new float[maximumRows * inputWidth(l)];
                }
            }
        }
    }

    private int width(int layer) {
        return widths.get(layer + 1);
    }

    private int inputWidth(int layer) {
        return width(wiring.sources().get(layer).getFirst().layer());
    }

    private boolean isLast(int layer) {
        return layer == wiring.sources().size() - 1;
    }

    /** Whether what comes back to a layer is what one reader, or the loss alone, gives. */
    private boolean passesGradientOn(int layer) {
        List<LayerWiring.Reader> readers = wiring.readers().get(layer);
        return isLast(layer)
                ? readers.isEmpty()
                : readers.size() == 1
                        && wiring.readsOneAsItIs(readers.getFirst().layer());
    }

    /**
     * What a layer reads; never to be written to.
     *
     * @param x the network's input
     * @param outputs of the layers, as far as they are computed
     */
    float[] input(int layer, Pass pass, float[] x, float[][] outputs) {
        float[] sum = gathered[layer];
        if (sum == null) {
            int source = wiring.sources().get(layer).getFirst().layer();
            return source == LayerWiring.INPUT ? x : outputs[source];
        }
        int row = pass.batch() * inputWidth(layer);
        int size = pass.steps() * row;
        boolean first = true;
        for (LayerWiring.Source source : wiring.sources().get(layer)) {
            float[] values = source.layer() == LayerWiring.INPUT
                    ? x
                    : wiring.isFeedback(source, layer) ? heldOutputs[source.layer()] : outputs[source.layer()];
            int shift = Math.min(size, source.delaySteps() * row);
            if (first) {
                Arrays.fill(sum, 0, shift, 0f);
                System.arraycopy(values, 0, sum, shift, size - shift);
            } else {
                for (int i = shift; i < size; i++) {
                    sum[i] += values[i - shift];
                }
            }
            first = false;
        }
        return sum;
    }

    /**
     * What comes back to a layer's output; may be overwritten.
     *
     * @param loss gradient of the last layer's output
     * @param gradients of the layers' inputs, as far as they are computed
     */
    float[] gradient(int layer, Pass pass, float[] loss, float[][] gradients) {
        float[] sum = returned[layer];
        List<LayerWiring.Reader> readers = wiring.readers().get(layer);
        if (sum == null) {
            return isLast(layer) ? loss : gradients[readers.getFirst().layer()];
        }
        int row = pass.batch() * width(layer);
        int size = pass.steps() * row;
        if (isLast(layer)) {
            System.arraycopy(loss, 0, sum, 0, size);
        } else {
            Arrays.fill(sum, 0, size, 0f);
        }
        for (LayerWiring.Reader reader : readers) {
            var source = new LayerWiring.Source(layer, reader.delaySteps());
            float[] given = wiring.isFeedback(source, reader.layer())
                    ? heldGradients[reader.layer()]
                    : gradients[reader.layer()];
            int shift = Math.min(size, reader.delaySteps() * row);
            for (int i = shift; i < size; i++) {
                sum[i - shift] += given[i];
            }
        }
        return sum;
    }

    // ---- feedback -------------------------------------------------------------------------------------------------

    /** Before the first sweep forward. */
    void clearOutputs() {
        clear(heldOutputs);
    }

    /** Before the first sweep backward. */
    void clearGradients() {
        clear(heldGradients);
    }

    private static void clear(float[][] held) {
        for (float[] array : held) {
            if (array != null) {
                Arrays.fill(array, 0f);
            }
        }
    }

    /** Keeps what a sweep has computed for the next one; whether it was there already. */
    boolean outputsSettled(Pass pass, float[][] outputs) {
        boolean settled = true;
        for (int l = 0; l < outputs.length; l++) {
            settled &= settle(heldOutputs[l], outputs[l], pass.rows() * width(l));
        }
        return settled;
    }

    /** As {@link #outputsSettled}, on the way back. */
    boolean gradientsSettled(Pass pass, float[][] gradients) {
        boolean settled = true;
        for (int l = 0; l < gradients.length; l++) {
            settled &= settle(heldGradients[l], gradients[l], pass.rows() * inputWidth(l));
        }
        return settled;
    }

    private static boolean settle(float @Nullable [] held, float[] computed, int size) {
        if (held == null) {
            return true;
        }
        boolean settled = Arrays.equals(held, 0, size, computed, 0, size);
        System.arraycopy(computed, 0, held, 0, size);
        return settled;
    }
}
