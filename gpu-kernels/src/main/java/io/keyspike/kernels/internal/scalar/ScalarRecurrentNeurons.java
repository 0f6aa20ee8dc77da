package io.keyspike.kernels.internal.scalar;

import io.keyspike.kernels.AdaptiveLifBackward;
import io.keyspike.kernels.KernelBackend;
import io.keyspike.kernels.LeakyBackward;
import io.keyspike.kernels.LifBackward;
import io.keyspike.kernels.RecurrentSynapses;
import org.jspecify.annotations.Nullable;

/** Neurons that may have recurrent synapses: the reference of those methods of {@link KernelBackend}. Unchecked. */
final class ScalarRecurrentNeurons {

    private ScalarRecurrentNeurons() {}

    static void lif(ScalarLif.Forward run, @Nullable RecurrentSynapses recurrent) {
        ScalarScan.forward(
                run.shape(),
                recurrent,
                run.current(),
                run.spikes(),
                (from, to, fromStep, toStep) -> ScalarLif.forward(run, from, to, fromStep, toStep));
    }

    static void lifBackward(LifBackward run, @Nullable RecurrentSynapses recurrent) {
        var carry = ScalarLif.Carry.zeros(run.shape().lanes());
        ScalarScan.backward(
                run.shape(),
                recurrent,
                run.wanted().current(),
                run.given().spikes(),
                (from, to, fromStep, toStep) -> ScalarLif.backward(run, carry, from, to, fromStep, toStep));
        carry.addTo(run.shape(), run.wanted());
    }

    static void adaptiveLif(ScalarAdaptiveLif.Forward run, @Nullable RecurrentSynapses recurrent) {
        ScalarScan.forward(
                run.shape(),
                recurrent,
                run.current(),
                run.spikes(),
                (from, to, fromStep, toStep) -> ScalarAdaptiveLif.forward(run, from, to, fromStep, toStep));
    }

    static void adaptiveLifBackward(AdaptiveLifBackward run, @Nullable RecurrentSynapses recurrent) {
        var carry = ScalarAdaptiveLif.Carry.zeros(run.shape().lanes());
        ScalarScan.backward(
                run.shape(),
                recurrent,
                run.currentGradient(),
                run.spikeGradient(),
                (from, to, fromStep, toStep) -> ScalarAdaptiveLif.backward(run, carry, from, to, fromStep, toStep));
        carry.addTo(run);
    }

    static void leaky(ScalarLeaky.Forward run, @Nullable RecurrentSynapses recurrent) {
        ScalarScan.forward(
                run.shape(),
                recurrent,
                run.current(),
                run.sequence().spikes(),
                (from, to, fromStep, toStep) -> ScalarLeaky.forward(run, from, to, fromStep, toStep));
    }

    static void leakyBackward(LeakyBackward run) {
        var carry = ScalarLeaky.Carry.zeros(run.shape().lanes());
        int reset = run.parameters().resetCode(run.recurrent() != null);
        ScalarScan.backward(
                run.shape(),
                run.recurrent(),
                run.currentGradient(),
                run.given().spikes(),
                (from, to, fromStep, toStep) -> ScalarLeaky.backward(run, reset, carry, from, to, fromStep, toStep));
        carry.addTo(run.shape(), run.parameterGradient());
    }
}
