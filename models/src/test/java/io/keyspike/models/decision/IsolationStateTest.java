package io.keyspike.models.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keyspike.models.decision.DecisionSettings.ActivityGate;
import io.keyspike.models.decision.DecisionSettings.ClipDecision;
import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.decision.DecisionSettings.IsolatedWord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of 10 ms; a line of sound has a letter a step: {@code .} quiet, {@code #} sound, {@code y} or {@code n} that word. */
class IsolationStateTest {

    private static final float[] YES = {1, 0};
    private static final float[] NO = {0, 1};
    private static final float[] NOTHING = {0.5f, 0.5f};

    private static Decision decision(@Nullable IsolatedWord word) {
        var gate = new ActivityGate(10, 0, 0.05, -60, word);
        var settings = new DecisionSettings(
                0, 10, Map.of("yes", 0.9f, "no", 0.9f), 0, 0.02, 0, gate, new ClipDecision(ClipRule.MAXIMUM, 1));
        return new Decision(settings, List.of("yes", "no"), 0.01);
    }

    private static final Decision ISOLATED = decision(new IsolatedWord(0.05, 0.03, 0.06));

    /** What is reported, as {@code step:label}; with a state that is saved and restored in between. */
    private static List<String> reports(Decision decision, String sound) {
        var reports = new ArrayList<String>();
        DecisionState state = decision.newState();
        for (int step = 0; step < sound.length(); step++) {
            char c = sound.charAt(step);
            int label = decision.step(state, c == 'y' ? YES : c == 'n' ? NO : NOTHING, c == '.' ? 0.0001f : 0.1f);
            if (label != Decision.NOTHING) {
                reports.add(step + (label == 0 ? ":yes" : ":no"));
                assertThat(state.score(label)).isGreaterThanOrEqualTo(0.9f);
            }
            ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
            state.save(saved);
            assertThat(saved.hasRemaining()).isFalse();
            DecisionState restored = decision.newState();
            restored.restore(saved.flip());
            state = restored;
        }
        return reports;
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            ......#y##......,  12:yes
            ......#y##..##..,  ''
            .....##y...#....,  10:yes
            ...#..##y#......,  ''
            ......#####y##..,  ''
            '#y##............',  ''
            ......##y#......##n#.....,  12:yes 22:no
            ......#y#n......,  12:yes
            """)
    void shouldReportAWordThatStandsAlone(String sound, String expected) {
        assertThat(String.join(" ", reports(ISOLATED, sound))).isEqualTo(expected);
    }

    /** Without the restriction every one of those words is reported. */
    @Test
    void shouldReportEveryWordWithoutIt() {
        assertThat(reports(decision(null), "...#..##y#......")).containsExactly("8:yes");
    }

    @Test
    void shouldNotTakeSoundAfterAGapForTheBeginningOfAWord() {
        DecisionState state = ISOLATED.newState();
        for (int i = 0; i < 10; i++) {
            ISOLATED.step(state, NOTHING, 0.0001f);
        }
        ISOLATED.bridgeGap(state, 100);

        var reported = new ArrayList<Integer>();
        for (char c : "#y##......".toCharArray()) {
            reported.add(ISOLATED.step(state, c == 'y' ? YES : NOTHING, c == '.' ? 0.0001f : 0.1f));
        }
        assertThat(reported).containsOnly(Decision.NOTHING);
    }

    @Test
    void shouldRefuseAPauseAfterTheWordThatIsAsLongAsTheOneBefore() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IsolatedWord(0.2, 0.2, 1))
                .withMessageContaining("afterSeconds below");
    }

    @Test
    void shouldRefuseAStateThatCannotComeAbout() {
        DecisionState state = ISOLATED.newState();
        ByteBuffer saved = ByteBuffer.allocate(state.byteSize());
        state.save(saved);
        saved.array()[saved.position() - 16 + 3] = -1; // the quiet run, little-endian
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ISOLATED.newState().restore(saved.flip()))
                .withMessageContaining("isolated word");
    }
}
