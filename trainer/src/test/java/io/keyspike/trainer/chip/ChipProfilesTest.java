package io.keyspike.trainer.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.kernels.Reset;
import io.keyspike.models.chip.ChipProfile;
import io.keyspike.models.chip.LeakRule;
import io.keyspike.models.description.ChipPower;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ChipProfilesTest {

    @ParameterizedTest
    @FieldSource("io.keyspike.trainer.chip.ChipProfiles#SHIPPED")
    void shouldReadTheShippedProfiles(String name) throws IOException {
        ChipProfile profile = ChipProfiles.named(name);
        assertThat(profile.name()).isEqualTo(name);
        assertThat(profile.power().name()).isEqualTo(name);
        assertThat(profile.assumed()).isNotEmpty();
    }

    @Test
    void shouldSayOfTheVendorsChipsWhatIsPublished() throws IOException {
        ChipProfile h1 = ChipProfiles.named("h1");
        assertThat(Objects.requireNonNull(h1.frontEnd()).filters()).isEqualTo(16);
        assertThat(h1.cores()).containsExactly(64, 64, 64, 64);
        assertThat(h1.neuron().reset()).isEqualTo(Reset.ZERO);
        assertThat(h1.neuron().membraneFloor()).isZero();
        assertThat(h1.synapse()).isEqualTo(new ChipProfile.SynapseRules(0.9f, 5, 5, false));
        assertThat(h1.power()).isEqualTo(ChipPower.H1);

        ChipProfile h1v2 = ChipProfiles.named("h1v2");
        assertThat(h1v2.cores()).containsExactly(50, 50, 100);
        assertThat(h1v2.neuron().reset()).isEqualTo(Reset.SUBTRACT);
        assertThat(h1v2.synapse().weightLimit()).isEqualTo(1.66f);
        assertThat(h1v2.neuron().leak()).isInstanceOf(LeakRule.Choices.class);
    }

    @Test
    void shouldReadAFileOfOnesOwn(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.writeString(file, h1().replace("name: h1", "name: mine").replace("[64, 64, 64, 64]", "[10]"));
        ChipProfile mine = ChipProfiles.named(file.toString());
        assertThat(mine.name()).isEqualTo("mine");
        assertThat(mine.neurons()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: h1 | name: H1! | chip profile: expected name to be up to 64 characters from a-z, 0-9, '.', '_', '-', found 'H1!'",
                "bits: 5 | bits: 12 | chip profile: expected synapse.bits to be 2 to 8, found 12",
                "bits: 5 | bits: five | chip profile.synapse: expected an integer from 1 to 64 for bits, found \"five\"",
                "reset: zero | reset: never | chip profile.neuron: expected one of [subtract, zero, none] for reset, found \"never\"",
                "span_cores: true | spread: true | chip profile: expected a field span_cores, found none",
                "inputs: 16 | inputs: 8 | chip profile: expected inputs to be 16, one per filter, found 8",
                "cores: [64, 64, 64, 64] | cores: [64, 0] | chip profile: expected cores to be 1 to 65536 neurons, found 0",
                "weight_limit: 0.9 | weight_limit: -0.9 | chip profile: expected synapse.weight_limit to be more than 0, found -0.9",
                "[1.0, 1000.0] | [1.0] | chip profile: expected neuron.tau_millis.range to be [low, high], found [1.0]",
                "leak: 0.1 | leak: -0.1 | chip profile: expected mismatch.leak to be from 0 to below 1, found -0.1",
                "inputs: 16 | colour: red | chip profile: expected a field inputs, found none",
            })
    void shouldRefuseAMalformedProfileInOneSentence(String from, String to, String sentence) throws IOException {
        String yaml = h1();
        assertThat(yaml).contains(from);
        assertThatThrownBy(() -> ChipProfiles.parse(yaml.replace(from, to)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void shouldRefuseWhatIsNoYamlOrNoProfile() {
        assertThatThrownBy(() -> ChipProfiles.parse("name: [")).hasMessageStartingWith("chip profile: expected YAML");
        assertThatThrownBy(() -> ChipProfiles.named("h7"))
                .hasMessage("chip profile: expected one of [h1, h1v2, xylo-like] or a YAML file, found 'h7'");
    }

    private static String h1() throws IOException {
        try (InputStream in = ChipProfiles.class.getResourceAsStream("h1.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
