package io.keyspike.models.nir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes: refused with a {@link NirException} of one line, or a graph that runs or is refused. With the profile "slow" Jazzer
 * looks for bytes that break this; otherwise the ones it has found, and the seeds beside this class, are tried.
 */
@Tag("fuzz")
class NirFilesFuzzTest {

    @FuzzTest
    void shouldRefuseOrReadAnyBytes(byte[] bytes) {
        try {
            NirNode.Graph graph = NirFiles.parse(bytes, "fuzz");
            new NirSimulator(graph, new SimulationSettings(Dialect.NIR, 1e-3, null, null));
        } catch (NirException e) {
            assertThat(e.getMessage()).startsWith("fuzz: ").hasLineCount(1);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).hasLineCount(1).contains("expected");
        }
    }
}
