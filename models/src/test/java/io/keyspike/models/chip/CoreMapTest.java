package io.keyspike.models.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Reset;
import io.keyspike.models.chip.CoreMap.Demand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoreMapTest {

    private static ChipProfile chip(Integer... cores) {
        return Chips.chip(Reset.ZERO, 5, 5, List.of(cores), new LeakRule.Range(1, 1_000));
    }

    @Test
    void shouldPutTheTutorialsNetworkIntoTwoCores() throws CoreMap.DoesNotFitException {
        CoreMap map = CoreMap.place(
                chip(64, 64, 64, 64), 13, List.of(new Demand("hidden", 64, false), new Demand("output", 2, false)));
        assertThat(map.placements())
                .containsExactly(
                        new CoreMap.Placement(0, 0, "hidden", 0, 64), new CoreMap.Placement(1, 0, "output", 0, 2));
        assertThat(map.frontEnd()).isEqualTo(13);
        assertThat(map.slotOf("output", 1)).containsExactly(1, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldGiveEveryNeuronASlotOfItsOwn(long seed) throws CoreMap.DoesNotFitException {
        var r = new Random(seed);
        var demands = new ArrayList<Demand>();
        int left = 200;
        while (left > 0) {
            int count = Math.min(left, 1 + r.nextInt(90));
            demands.add(new Demand("layer" + demands.size(), count, false));
            left -= count;
        }
        CoreMap map = CoreMap.place(chip(50, 50, 100), 0, demands);
        Set<List<Integer>> slots = new HashSet<>();
        for (Demand demand : demands) {
            for (int n = 0; n < demand.neurons(); n++) {
                int[] slot = map.slotOf(demand.layer(), n);
                assertThat(slot[1]).isBetween(0, map.cores().get(slot[0]) - 1);
                slots.add(List.of(slot[0], slot[1]));
            }
        }
        assertThat(slots).hasSize(200);
    }

    @Test
    void shouldKeepRecurrenceInsideOneCore() throws CoreMap.DoesNotFitException {
        var demands = List.of(new Demand("wide", 90, false), new Demand("looped", 80, true));
        CoreMap map = CoreMap.place(chip(50, 50, 100), 0, demands);
        assertThat(map.placements())
                .filteredOn(p -> p.layer().equals("looped"))
                .containsExactly(new CoreMap.Placement(2, 0, "looped", 0, 80));

        assertThatThrownBy(() -> CoreMap.place(chip(50, 50, 100), 0, List.of(new Demand("looped", 101, true))))
                .hasMessage(
                        "recurrence of looped: expected all of them in one core, of which the roomiest has 100 left,"
                                + " found 101 recurrent neurons");
    }

    @Test
    void shouldRefuseTooManyNeurons() {
        assertThatThrownBy(() -> CoreMap.place(chip(64, 64), 0, List.of(new Demand("hidden", 129, false))))
                .hasMessage("neurons of the network: expected at most 128 in cores of [64, 64], found 129 neurons");
    }
}
