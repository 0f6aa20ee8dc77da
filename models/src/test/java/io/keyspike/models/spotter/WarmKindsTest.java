package io.keyspike.models.spotter;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.decision.Detection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmKindsTest {

    private final KeywordSpotter plain = spotter(TestModels.hardwareModel("plain", 1, 0.55f));
    private final KeywordSpotter alike = spotter(TestModels.hardwareModel("alike", 2, 0.55f));
    private final KeywordSpotter adaptive = spotter(TestModels.adaptiveModel("adaptive", 3, 16, 0.2f));

    @Test
    void shouldWarmTheFirstModelOfEachKindAlone() {
        var kinds = new WarmKinds();
        kinds.running(plain);

        assertThat(kinds.prepare(alike)).isFalse();
        assertThat(kinds.prepare(adaptive)).isTrue();
        assertThat(kinds.prepare(adaptive)).isFalse();
    }

    @Test
    void shouldLeaveNoTraceInWhatTheModelHears() {
        short[] sound = TestModels.sound(32_000, 5);
        List<Detection> before = hear(adaptive, sound);
        assertThat(before).isNotEmpty();

        assertThat(new WarmKinds().prepare(adaptive)).isTrue();

        assertThat(hear(adaptive, sound)).isEqualTo(before);
    }

    private static KeywordSpotter spotter(KeywordModel model) {
        return new KeywordSpotter(model, Backends.stepsNamed("scalar"));
    }

    private static List<Detection> hear(KeywordSpotter spotter, short[] sound) {
        var heard = new ArrayList<Detection>();
        spotter.process(spotter.newState(), sound, 0, sound.length, heard::add);
        return heard;
    }
}
