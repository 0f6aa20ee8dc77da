package io.keyspike.trainer.bench;

import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.AudioSource;
import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.PowerEstimate;
import io.keyspike.models.network.NetworkPlan;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a model costs as it runs live on one stream: CPU time, and spikes with what they reach. */
final class SpotterWork {
    private static final int FRAME_MILLIS = 80;
    private static final int PASSES = 4;
    private static final double NANOS = 1e9;

    private SpotterWork() {}

    /**
     * Measures on the beginnings of recordings, several times over; the fastest pass counts.
     *
     * @param secondsEach how much of each recording, at most
     * @throws IOException if a recording cannot be read
     */
    static DetectionResult.Work measure(
            KeywordModel model, StepKernels kernels, List<Path> recordings, double secondsEach) throws IOException {
        int rate = model.features().sampleRateHz();
        short[] sound = new short[0];
        for (Path recording : recordings) {
            short[] more = beginning(recording, rate, (int) (secondsEach * rate));
            int at = sound.length;
            sound = Arrays.copyOf(sound, at + more.length);
            System.arraycopy(more, 0, sound, at, more.length);
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        var spotter = new KeywordSpotter(model, kernels);
        int frame = rate * FRAME_MILLIS / 1_000;
        long best = Long.MAX_VALUE;
        SpotterState state = spotter.newState();
        for (int pass = 0; pass < PASSES; pass++) {
            state = spotter.newState();
            long start = threads.getCurrentThreadCpuTime();
            for (int at = 0; at < sound.length; at += frame) {
                spotter.process(state, sound, at, Math.min(sound.length, at + frame), heard -> {});
            }
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
        }
        Map<String, Double> rates = new HashMap<>();
        for (int layer = 0; layer < spotter.network().spikingLayers(); layer++) {
            double steps = Math.max(1, state.steps());
            rates.put(
                    spotter.network().layerName(layer),
                    state.spikes(layer) / (steps * spotter.network().layerWidth(layer)));
        }
        PowerEstimate power = PowerEstimate.of(model.network(), model.chip(), rates);
        return new DetectionResult.Work(
                parameters(model),
                power.neurons(),
                power.spikesPerSecond(),
                power.synapticOperationsPerSecond(),
                model.chip().name(),
                power.watts(),
                best / NANOS * rate / Math.max(1, sound.length));
    }

    private static short[] beginning(Path recording, int rate, int most) throws IOException {
        short[] samples = new short[most];
        int length = 0;
        try (AudioSource source = AudioFiles.open(recording, rate)) {
            while (length < most) {
                int read = source.read(samples, length, most - length);
                if (read < 0) {
                    break;
                }
                length += read;
            }
        }
        return Arrays.copyOf(samples, length);
    }

    private static long parameters(KeywordModel model) {
        long sum = 0;
        for (NetworkPlan.PlannedNode planned : model.network().graph().plan().nodes()) {
            for (String parameter : planned.node().parameters().keySet()) {
                sum += model.network().tensor(planned.node(), parameter).values().length;
            }
        }
        return sum;
    }
}
