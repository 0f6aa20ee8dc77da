package io.keyspike.models.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.RecurrentWiring;
import io.keyspike.kernels.Reset;
import io.keyspike.models.chip.Violation.Constraint;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkGraph;
import io.keyspike.models.network.Node;
import io.keyspike.models.network.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChipCheckTest {

    private final ChipProfile chip = Chips.h1();
    private final Network fitting = new ChipProjection(chip).apply(Chips.network(1, 13, 64, 2));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldFindNothingWrongWithAProjectedNetwork(long seed) {
        for (LeakRule leak : List.of(
                new LeakRule.Range(2, 100),
                new LeakRule.Choices(List.of(64.0, 10.0, 32.0)),
                new LeakRule.Shifts(List.of(1, 2, 3, 4)))) {
            ChipProfile profile = Chips.chip(Reset.ZERO, 3 + (int) seed % 5, 5, List.of(64, 64, 64, 64), leak);
            Network network = Chips.network(seed, 16, 70, 41, 12);
            assertThat(ChipCheck.of(network, profile).fits()).isFalse();
            ChipCheck check = ChipCheck.of(new ChipProjection(profile).apply(network), profile);
            assertThat(check.violations()).isEmpty();
            assertThat(check.map()).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "layer0_synapse.weight, 3, -0.1, FRONT_END_SIGN, '3', more than 0",
        "layer0_synapse.weight, 3, 0, FRONT_END_SIGN, '3', more than 0",
        "layer1_synapse.weight, 130, 0.95, WEIGHT_RANGE, '2, 2', at most 0.9 in magnitude",
        "layer1_synapse.weight, 130, 0.0001, WEIGHT_BITS, '2, 2', a multiple of 0.059570312 as 5 bits store it",
        "layer2.threshold, 1, 1.5, THRESHOLD, '1', 1.0",
        "layer1.decay, 7, 0.0001, TIME_CONSTANT, '7', 1.0 to 1000.0 ms",
    })
    void shouldNameLayerIndexValueAndLimit(
            String tensor, int index, float value, Constraint constraint, String at, String limit) {
        List<Violation> violations =
                ChipCheck.of(Chips.with(fitting, tensor, index, value), chip).violations();
        assertThat(violations).anySatisfy(v -> {
            assertThat(v.constraint()).isEqualTo(constraint);
            assertThat(v.layer()).isEqualTo(tensor.substring(0, tensor.indexOf('.')));
            assertThat(v.index()).isEqualTo(at);
            assertThat(v.value()).contains(constraint == Constraint.TIME_CONSTANT ? "1.0E-4" : "" + value);
            assertThat(v.limit()).isEqualTo(limit);
        });
    }

    @Test
    void shouldNameAGroupOfMixedSigns() {
        WeightGrid grid = chip.grid();
        Network mixed = Chips.with(
                Chips.with(fitting, "layer1_synapse.weight", 5 * 64 + 9, grid.weight(4)),
                "layer1_synapse.weight",
                7 * 64 + 9,
                grid.weight(-1));
        assertThat(ChipCheck.of(mixed, chip).violations()).singleElement().satisfies(v -> {
            assertThat(v.constraint()).isEqualTo(Constraint.SIGN_GROUP);
            assertThat(v.index()).isEqualTo("5..9, 9");
            assertThat(v.limit()).isEqualTo("one sign for 5 consecutive inputs");
        });
    }

    @Test
    void shouldNameWrongNeurons() {
        List<Node> nodes = List.of(
                new Node.Input("input", 1),
                new Node.Diagonal("front", 1),
                new Node.Lif("cells", 1, Reset.SUBTRACT, null),
                new Node.Dense("in", 1, 1, true),
                new Node.Readout("readout", 1));
        var network = new Network(
                NetworkGraph.ofChain(Chips.STEP, nodes),
                Map.of(
                        "front.weight", Tensor.vector(chip.grid().weight(5)),
                        "cells.decay", Tensor.vector(0.5f),
                        "cells.threshold", Tensor.vector(1f),
                        "in.weight",
                                Tensor.matrix(1, 1, new float[] {chip.grid().weight(5)}),
                        "in.bias", Tensor.vector(0.25f),
                        "readout.decay", Tensor.vector(0.5f)));
        assertThat(ChipCheck.of(network, chip).violations().stream()
                        .map(Violation::sentence)
                        .collect(Collectors.toList()))
                .containsExactly(
                        "structure of readout: expected integrate-and-fire neurons, found a node of kind Readout",
                        "reset of cells: expected reset ZERO, found reset SUBTRACT",
                        "membrane floor of cells: expected a floor of 0.0, found no floor",
                        "bias of in[0]: expected none, found 0.25");
    }

    @Test
    void shouldLeaveTheCountingOfPopulationsToTheHost() {
        var nodes = new ArrayList<Node>(fitting.graph().chain());
        nodes.add(new Node.Dense("population_synapse", 2, 1, false));
        nodes.add(new Node.Readout("population", 1));
        var tensors = new TreeMap<>(fitting.tensors());
        tensors.put("population_synapse.weight", Tensor.matrix(2, 1, new float[] {1, 1}));
        tensors.put("population.decay", Tensor.vector(0f));
        var coded = new Network(NetworkGraph.ofChain(Chips.STEP, nodes), tensors);
        ChipCheck check = ChipCheck.of(coded, chip);
        assertThat(check.violations()).isEmpty();
        assertThat(check.notes()).containsExactly("the populations of output neurons are counted off the chip");
        assertThat(new ChipProjection(chip).apply(coded)).isEqualTo(coded);

        tensors.put("population.decay", Tensor.vector(0.5f));
        assertThat(ChipCheck.of(new Network(coded.graph(), tensors), chip).fits())
                .isFalse();
    }

    @Test
    void shouldKeepRecurrentLayersInsideACore() {
        for (int width : new int[] {64, 65}) {
            Network network = recurrent(width);
            ChipCheck raw = ChipCheck.of(network, chip);
            assertThat(raw.violations()).anySatisfy(v -> assertThat(v.index()).startsWith("recurrent 0, "));
            ChipCheck check = ChipCheck.of(new ChipProjection(chip).apply(network), chip);
            assertThat(check.violations().stream().map(Violation::constraint))
                    .isEqualTo(width == 64 ? List.of() : List.of(Constraint.RECURRENCE));
        }
    }

    private static Network recurrent(int width) {
        List<Node> nodes = List.of(
                new Node.Input("input", 2),
                new Node.Diagonal("front", 2),
                new Node.Lif("cells", 2, Reset.ZERO, 0f),
                new Node.Dense("in", 2, width, false),
                new Node.Lif("looped", width, Reset.ZERO, 0f, RecurrentWiring.ALL_TO_ALL));
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        float[] half = new float[width];
        Arrays.fill(half, 0.5f);
        float[] loops = new float[width * width];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = (i % 7 - 3) * 0.11f;
        }
        float[] in = new float[2 * width];
        Arrays.fill(in, 0.4f);
        return new Network(
                NetworkGraph.ofChain(Chips.STEP, nodes),
                Map.of(
                        "front.weight", Tensor.vector(0.5f, 0.5f),
                        "cells.decay", Tensor.vector(0.5f, 0.5f),
                        "cells.threshold", Tensor.vector(1, 1),
                        "in.weight", Tensor.matrix(2, width, in),
                        "looped.decay", Tensor.vector(half),
                        "looped.threshold", Tensor.vector(ones),
                        "looped.recurrent_weight", Tensor.matrix(width, width, loops)));
    }

    @Test
    void shouldRefuseTooManyNeuronsAndInputs() {
        Network wide = new ChipProjection(chip).apply(Chips.network(1, 17, 257, 2));
        ChipCheck check = ChipCheck.of(wide, chip);
        assertThat(check.map()).isNull();
        assertThat(check.violations().stream().map(Violation::constraint))
                .containsExactly(Constraint.INPUTS, Constraint.NEURONS);
    }

    @Test
    void shouldRefuseAProfileThatCannotBe() {
        assertThatThrownBy(() -> new ChipProfile.SynapseRules(-1, 5, 5, false))
                .hasMessage("chip profile: expected synapse.weight_limit to be more than 0, found -1.0");
        assertThatThrownBy(() -> new ChipProfile.SynapseRules(1, 5, 12, false))
                .hasMessage("chip profile: expected synapse.bits to be 2 to 8, found 12");
        assertThatThrownBy(() -> new LeakRule.Choices(List.of()))
                .hasMessage("chip profile: expected neuron.tau_millis.choices to be at least one, found none");
        assertThatThrownBy(() -> new ChipProfile.Mismatch(0.1, Double.NaN, 0))
                .hasMessage("chip profile: expected mismatch.threshold to be from 0 to below 1, found NaN");
    }
}
