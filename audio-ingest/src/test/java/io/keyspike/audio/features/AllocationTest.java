package io.keyspike.audio.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationTest {
    private static final int FRAMES = 10_000;
    private static final int FRAME_SAMPLES = 320;

    static List<FeatureSpec> specs() {
        FilterbankSpec standard = FilterbankSpec.standard();
        FilterbankSpec gained = new FilterbankSpec(
                standard.sampleRateHz(),
                standard.filters(),
                standard.firstCentreHz(),
                standard.lastCentreHz(),
                standard.centreLimit(),
                standard.design(),
                standard.q(),
                FilterbankSpec.Rectifier.HALF,
                standard.integration(),
                standard.binSamples(),
                FilterbankSpec.Compression.CUBE_ROOT,
                new AdaptiveGain(AdaptiveGain.Kind.LEVEL, 1, 1, 100),
                normaliser(13));
        LogMelSpec mel = LogMelSpec.standard().withNormaliser(normaliser(40));
        return List.of(standard, gained, mel, mel.withPcen(Pcen.standard()));
    }

    private static Normaliser normaliser(int channels) {
        return new Normaliser(Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1f), 1, 0.5f, true);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void shouldAllocateNothingPerFrame(FeatureSpec spec) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FeatureExtractor extractor = FeatureExtractors.of(spec);
        FeatureState state = extractor.newState();
        float[] feature = new float[spec.width()];
        short[] frame = TestSound.random(1, FRAME_SAMPLES);
        run(extractor, state, frame, feature);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 500 && least > 0; attempt++) { // the compiler may still be at work in the first
            long before = threads.getCurrentThreadAllocatedBytes();
            run(extractor, state, frame, feature);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes allocated in %d frames", FRAMES).isZero();
    }

    private static void run(FeatureExtractor extractor, FeatureState state, short[] frame, float[] feature) {
        for (int i = 0; i < FRAMES; i++) {
            int at = 0;
            while (at < frame.length) {
                at = extractor.consume(state, frame, at, frame.length, feature);
            }
        }
    }
}
