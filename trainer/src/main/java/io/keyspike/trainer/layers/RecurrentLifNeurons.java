package io.keyspike.trainer.layers;

import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.Membranes;
import io.keyspike.kernels.RecurrentBackward;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** LIF and hardware neurons with synapses among themselves: they run step by step, whatever the solver. */
final class RecurrentLifNeurons implements Neurons {
    private final KernelBackend backend;
    private final String name;
    private final int width;
    private final LifConstants constants;
    private final RecurrentWeights recurrent;
    private final Surrogate surrogate;
    private final boolean resetDetached;
    private final float[] membrane;
    private final float[] spikes;
    private final float[] dx;

    RecurrentLifNeurons(
            KernelBackend backend,
            String name,
            int width,
            LifConstants constants,
            RecurrentWeights recurrent,
            Surrogate surrogate,
            boolean resetDetached,
            int maximumRows) {
        this.backend = backend;
        this.name = name;
        this.width = width;
        this.constants = constants;
        this.recurrent = recurrent;
        this.surrogate = surrogate;
        this.resetDetached = resetDetached;
        int size = Math.multiplyExact(maximumRows, width);
        membrane = new float[size];
        spikes = new float[size];
        dx = new float[size];
    }

    /** @param x overwritten: what the layer's own spikes bring is added to it */
    @Override
    public float[] forward(Pass pass, float[] x) {
        constants.update();
        backend.recurrentLif(pass.shape(width), constants.parameters(), recurrent.synapses(), x, membrane, spikes);
        return spikes;
    }

    @Override
    public float[] backward(Pass pass, float[] dy, boolean inputNeeded) {
        backend.recurrentLifBackward(
                new LifBackward(
                        pass.shape(width),
                        constants.parameters(),
                        surrogate,
                        resetDetached,
                        Membranes.around(membrane),
                        new LifBackward.Given(dy),
                        new LifBackward.Wanted(dx, constants.decayGradient(), constants.thresholdGradient())),
                new RecurrentBackward(recurrent.synapses(), spikes, recurrent.gradient()));
        constants.backward();
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        var list = new ArrayList<>(constants.learnt());
        list.add(recurrent.parameter());
        return list;
    }

    @Override
    public void project() {
        constants.project();
    }

    @Override
    public Node export(Map<String, Tensor> tensors) {
        constants.export(name, tensors);
        recurrent.export(name, tensors);
        return new Node.Lif(name, width, constants.parameters().reset(), constants.membraneFloor(), recurrent.wiring());
    }
}
