package io.keyspike.models.spotter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.decision.Detection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpotterGroupTest {

    private static final int RATE = 16_000;

    /** Frames of any length, so that streams come to the ends of their steps at different samples. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 11, 16, 19})
    void shouldHearInManyStreamsWhatEachWouldHearAlone(int streams) {
        for (KeywordModel model : List.of(
                TestModels.hardwareModel("hardware", streams, 0.4f),
                TestModels.adaptiveModel("adaptive", streams, 32, 0.3f),
                TestModels.recurrentModel("recurrent", streams, 0.3f),
                TestModels.stagesModel("stages", streams, 0.3f),
                TestModels.graphModel("graph", streams, 0.3f))) {
            var spotter = new KeywordSpotter(model, Backends.preferredSteps());
            var random = new Random(streams);
            SpotterState[] states = new SpotterState[streams];
            SpotterState[] alone = new SpotterState[streams];
            var heard = new ArrayList<List<Detection>>();
            var expected = new ArrayList<List<Detection>>();
            for (int i = 0; i < streams; i++) {
                states[i] = spotter.newState();
                alone[i] = spotter.newState();
                heard.add(new ArrayList<>());
                expected.add(new ArrayList<>());
            }
            SpotterGroup group = spotter.newGroup();
            for (int round = 0; round < 30; round++) {
                short[][] frames = new short[streams][];
                for (int i = 0; i < streams; i++) {
                    frames[i] =
                            TestModels.sound(random.nextInt(4) == 0 ? 1_280 : random.nextInt(3_000), random.nextInt());
                    spotter.process(alone[i], frames[i], 0, frames[i].length, expected.get(i)::add);
                }
                group.process(
                        states,
                        frames,
                        streams,
                        (stream, detection) -> heard.get(stream).add(detection));
            }

            assertThat(heard).isEqualTo(expected);
            for (int i = 0; i < streams; i++) {
                assertThat(saved(states[i])).isEqualTo(saved(alone[i]));
                assertThat(states[i].samplePosition()).isPositive();
                for (int label = 0; label < model.labels().size(); label++) {
                    assertThat(states[i].score(label)).isEqualTo(alone[i].score(label));
                }
            }
        }
    }

    @Test
    void shouldRefuseAStateOfAnotherSpotter() {
        KeywordModel model = TestModels.hardwareModel("hardware", 1, 0.4f);
        var spotter = new KeywordSpotter(model, Backends.preferredSteps());
        var other = new KeywordSpotter(model, Backends.preferredSteps());
        SpotterState[] states = {other.newState()};

        assertThatThrownBy(() -> spotter.newGroup().process(states, new short[1][RATE], 1, (stream, heard) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("made by another");
    }

    private static byte[] saved(SpotterState state) {
        byte[] bytes = new byte[state.byteSize()];
        state.save(ByteBuffer.wrap(bytes));
        return Arrays.copyOf(bytes, bytes.length);
    }
}
