package io.keyspike.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.audio.features.LogMelSpec;
import io.keyspike.audio.features.Pcen;
import io.keyspike.kernels.Reset;
import io.keyspike.kernels.Surrogate;
import io.keyspike.models.decision.DecisionRule;
import io.keyspike.models.decision.KeywordDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final String SMALL = """
            data: {words: [yes, "no"]}
            network:
              layers:
                - {name: hidden, width: 8}
                - {name: output}
            """;

    @Test
    void shouldFillInEveryDefault() {
        TrainingConfig config = ConfigReader.parse(SMALL);
        assertThat(config.data().labels()).containsExactly("yes", "no");
        assertThat(config.features().spec()).isEqualTo(FilterbankSpec.standard());
        assertThat(config.network().surrogate()).isEqualTo(Surrogate.DEFAULT);
        assertThat(config.network().layers().getFirst().neuron().reset()).isEqualTo(Reset.SUBTRACT);
        assertThat(config.optimiser().learningRateOf("hidden")).isEqualTo(1e-3);
        assertThat(config.optimiser().clipNorm()).isNull();
        assertThat(config.training().epochs()).isEqualTo(40);
    }

    @Test
    void shouldReadEverythingItWritesBack() {
        TrainingConfig config = ConfigReader.parse(SMALL + """
                features: {kind: log_mel, log_mel: {bands: 20}, normaliser: null}
                optimiser: {kind: adam_w, clip_norm: 2.5, learning_rates: {hidden: 0.5}}
                decision: {gate: {margin_db: 6, floor_rise_db_per_second: 2, hangover_seconds: 0.3, minimum_db: -60}}
                """);
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
        assertThat(((LogMelSpec) config.features().spec()).bands()).isEqualTo(20);
    }

    /** The text of a configuration is the key of its checkpoints, and they are gone on with in another JVM. */
    @Test
    void shouldKeepNamesInOneOrderInEveryJvm() {
        String names = "h7, h3, h8, h1, h6, h2, h5, h4";
        String layers = names.replaceAll("h\\d", "{name: $0, width: 4}");
        TrainingConfig config = ConfigReader.parse("""
                data: {words: [b, h, d, a, g, c, f, e]}
                network: {layers: [%s, {name: out}]}
                optimiser: {learning_rates: {%s}}
                decision: {rule: each, keywords: {%s}}
                """.formatted(
                        layers,
                        names.replaceAll("h\\d", "$0: 0.5"),
                        "b, h, d, a, g, c, f, e".replaceAll("[a-h]", "$0: {confirm_seconds: 0.1}")));
        assertThat(config.optimiser().learningRates().keySet())
                .containsExactly("h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8");
        assertThat(config.decision().keywords().keySet()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
    }

    @Test
    void shouldFillWhatIsNotGivenOfPcen() {
        String start = SMALL + "features: {kind: log_mel, log_mel: {bands: 20, pcen: ";
        TrainingConfig config = ConfigReader.parse(start + "{time_constant_seconds: 0.25, alpha: 0.9}}}");
        Pcen standard = Pcen.standard();
        assertThat(((LogMelSpec) config.features().spec()).pcen())
                .isEqualTo(new Pcen(0.25, 0.9, standard.delta(), standard.r(), standard.epsilon()));
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
        assertThat(((LogMelSpec) ConfigReader.parse(start + "{}}}").features().spec()).pcen())
                .isEqualTo(standard);
        assertThat(((LogMelSpec) ConfigReader.parse(start + "null}}").features().spec()).pcen())
                .isNull();
        assertThatThrownBy(() -> ConfigReader.parse(start + "{tau: 1}}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("features.log_mel.pcen.tau: unknown key, expected one of"
                        + " [alpha, delta, epsilon, r, time_constant_seconds]");
        assertThatThrownBy(() -> ConfigReader.parse(start + "{r: 2}}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("features.log_mel.pcen: pcen: expected r from 0 to 1, found 2.0");
        assertThatThrownBy(() -> ConfigReader.parse(start + "true}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("features.log_mel.pcen");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two-word-hardware",
                "yes-no",
                "yes-no-clips",
                "commands-12",
                "commands-12-start",
                "commands-clips",
                "commands-body",
                "wake-words",
                "keyword-body",
                "yes-no-mel",
                "yes-no-mel-stream",
                "mnist",
                "yes-no-h1",
                "commands-h1"
            })
    void shouldReadTheShippedConfigurations(String name) throws IOException {
        Path root = Path.of(System.getProperty("keyspike.root"));
        TrainingConfig config = ConfigReader.read(root.resolve("configs").resolve(name + ".yaml"));
        assertThat(config.name()).isEqualTo(name);
        assertThat(config.attribution()).startsWith("Trained on ");
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training: {epochs: null} | training.epochs: expected a whole number, found none",
                "optimiser: {kind: adamm} | optimiser.kind: expected one of [",
                "loss: {logit_scale: [1]} | loss.logit_scale: expected a number, found another kind of value",
                "network: {layers: [{width: 8}]} | network.layers: name: expected a name for every layer"
            })
    void shouldSayWhatWasExpectedInWordsOfItsOwn(String line, String message) {
        String before = line.startsWith("network") ? "data: {words: [yes, \"no\"]}\n" : SMALL;
        assertThatThrownBy(() -> ConfigReader.parse(before + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContainingAny("io.keyspike", "java.", "Exception", "`");
    }

    @Test
    void shouldNameTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), SMALL + "los: {}");
        assertThatThrownBy(() -> ConfigReader.read(file)).hasMessageStartingWith(file + ": los: unknown key");

        Files.writeString(file, "a: [1");
        assertThatThrownBy(() -> ConfigReader.read(file))
                .hasMessageStartingWith(file + ": configuration: expected YAML");
    }

    @Test
    void shouldNameAnUnknownKeyAndTheKnownOnes() {
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "loss: {logit_scala: 2}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("loss.logit_scala: unknown key, expected one of [correct_target, kind,"
                        + " label_smoothing, logit_scale, magnitude_limit, magnitude_weight, other_target, population,"
                        + " rate_target, rate_weight, rule, sign_group_weight]; did you mean logit_scale?");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "los: {}"))
                .hasMessageStartingWith("los: unknown key, expected one of [attribution, augmentation, chip, data,");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "features: {filterbank: {normaliser: null}}"))
                .hasMessageStartingWith("features.filterbank.normaliser: unknown key, expected one of [adaptive_gain,");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL.replace("width: 8", "width: 8, neurons: 3")))
                .hasMessageStartingWith("network.layers[0].neurons: unknown key, expected one of [batch_norm,");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            training: {epochs: 0}                     | training.epochs: expected at least 1, found 0
            training: {batch: two}                    | training.batch: expected a whole number, found 'two'
            loss: {rule: maximum}                     | loss.rule: expected spike_count with spiking outputs, found MAXIMUM
            optimiser: {learning_rates: {front: 1.0}} | optimiser.learning_rates: expected a layer of [
            optimiser: {clip_norm: -1}                | optimiser.clip_norm: expected more than 0, found -1.0
            augmentation: {speed: [1.2, 0.8]}         | augmentation.speed: expected a range [low, high], found [1.2, 0.8]
            name: Big Name                            | name: expected lower-case letters, digits and hyphens, found Big Name
            features: {kind: mfcc}                    | features.kind: expected filterbank, log_mel, clip_log_mel, events or image, found mfcc
            features: {normaliser: {gain: 0}}         | features.normaliser.gain: expected more than 0, found 0.0
            loss: 3                                   | loss: expected keys and values, found 3
            """)
    void shouldRefuseWhatCannotBe(String line, String message) {
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + line))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void shouldRefuseLayersThatDoNotFit() {
        assertThatThrownBy(() -> ConfigReader.parse("data: {words: [a, b]}\nnetwork: {layers: []}"))
                .hasMessage("network.layers: expected at least one layer, found none");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL.replace("{name: output}", "{name: output, width: 3}")))
                .hasMessage("network.layers: width of the last one: expected 2, one per label, found 3");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL.replace("{name: output}", "{name: hidden}")))
                .hasMessage("network.layers: expected distinct names, found hidden twice");
        assertThatThrownBy(() -> ConfigReader.parse("data: {words: [a]}\nnetwork: [1"))
                .hasMessageStartingWith("configuration: expected YAML, found an error in line");
    }

    @Test
    void shouldRefuseKeysThatAreGivenTwice() {
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "\ndata: {words: [a]}\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Duplicate field 'data'");
        assertThatThrownBy(() -> ConfigReader.parse("data: {words: [a, b], words: [c]}"))
                .hasMessageContaining("Duplicate field 'words'");
    }

    @Test
    void shouldRefuseTextsThatAreTooLongBeforeTheyAreParsed() {
        String huge = "name: \"" + "x".repeat(YamlText.MOST_CHARACTERS) + "\"";
        assertThatThrownBy(() -> ConfigReader.parse(huge))
                .isInstanceOf(ConfigException.class)
                .hasMessage("configuration: expected at most 1000000 characters, found more");
    }

    @Test
    void shouldRefuseNestingNamesAndNumbersOfAnySize() {
        for (String hostile : List.of(
                "name: " + "[".repeat(10_000),
                "name: " + "{a: ".repeat(100) + "1" + "}".repeat(100),
                "- ".repeat(5_000) + "1",
                "x".repeat(300) + ": 1",
                "training: {epochs: " + "9".repeat(100_000) + "}")) {
            assertThatThrownBy(() -> ConfigReader.parse(hostile))
                    .isInstanceOf(ConfigException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(1_000));
        }
    }

    @Test
    void shouldRefuseRecurrenceThatCannotBe() {
        assertThatThrownBy(() -> ConfigReader.parse(SMALL.replace("width: 8", "width: 8, recurrent_wiring: none")))
                .hasMessage("hidden.recurrent_wiring: expected all_to_all or one_to_one, found none");
        assertThatThrownBy(() -> ConfigReader.parse(
                        SMALL.replace("{name: output}", "{name: output, recurrent: true, neuron: {kind: readout}}")
                                + "loss: {rule: mean}"))
                .hasMessage("output.recurrent: expected false for a readout, which has no spikes, found true");
        assertThatThrownBy(() ->
                        ConfigReader.parse(SMALL.replace("width: 8", "width: 8, neuron: {kind: leaky, beta: 1.2}")))
                .hasMessage("neuron.beta: expected from 0 to 1, found 1.2");
        assertThatThrownBy(() -> ConfigReader.parse(
                        SMALL.replace("width: 8", "width: 8, neuron: {kind: synaptic, alpha: -0.1}")))
                .hasMessage("neuron.alpha: expected from 0 to 1, found -0.1");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL.replace("{name: output}", "{name: output, recurrent: true}")
                        + "loss: {kind: cross_entropy_membrane}"))
                .hasMessage(
                        "loss.kind: expected a loss on spikes or readouts where the last layer is not lif or hardware"
                                + " without recurrence, leaky or synaptic, found CROSS_ENTROPY_MEMBRANE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [nowhere]                          | output.inputs: expected input or the name of a layer, found nowhere
            [output]                           | output.inputs: expected a layer declared before output, or a delay of at least 1, found output without a delay
            [hidden, hidden]                   | output.inputs: expected distinct inputs, found hidden twice
            [input]                            | network.layers: hidden: expected a layer that takes its output, found none
            [{from: hidden, delay: -1}]        | inputs: delay of hidden: expected 0 to 4096, found -1
            """)
    void shouldRefuseInputsThatCannotBe(String inputs, String message) {
        assertThatThrownBy(() ->
                        ConfigReader.parse(SMALL.replace("{name: output}", "{name: output, inputs: " + inputs + "}")))
                .hasMessageContaining(message);
    }

    @Test
    void shouldReadInputsWithAndWithoutDelay() {
        var config = ConfigReader.parse(
                SMALL.replace("{name: output}", "{name: output, inputs: [hidden, {from: output, delay: 2}]}"));
        assertThat(config.network().layers().getLast().inputs())
                .containsExactly(new LayerInput("hidden", 0), new LayerInput("output", 2));
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
    }

    @Test
    void shouldGiveEachSurrogateItsOwnSlope() {
        String atan = SMALL.replace("network:", "network:\n  surrogate: {kind: atan}");
        assertThat(ConfigReader.parse(atan).network().surrogate()).isEqualTo(new Surrogate(Surrogate.Kind.ATAN, 2f));
        String steep = SMALL.replace("network:", "network:\n  surrogate: {kind: sigmoid, slope: 10}");
        assertThat(ConfigReader.parse(steep).network().surrogate())
                .isEqualTo(new Surrogate(Surrogate.Kind.SIGMOID, 10f));
    }

    @Test
    void shouldPutUnknownAndSilenceBehindTheWords() {
        var data = ConfigReader.parse(
                        "data: {words: [b, a], unknown: true, silence: true}\nnetwork: {layers: [{name: output}]}")
                .data();
        assertThat(data.labels()).containsExactly("b", "a", "unknown", "silence");
    }

    @Test
    void shouldReadADecisionOfEveryKeywordByItsOwnScore() {
        TrainingConfig config = ConfigReader.parse(SMALL + """
                decision: {rule: each, release: 0.8, keywords: {yes: {confirm_seconds: 0.2}}}
                """);
        assertThat(config.decision().rule()).isEqualTo(DecisionRule.EACH);
        assertThat(config.decision().release()).isEqualTo(0.8f);
        assertThat(config.decision().keywords())
                .containsExactly(Map.entry("yes", new KeywordDecision(null, 0.2, null, null, null)));
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "decision: {release: 0.8}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("decision: expected no release and no keywords with the rule best, found 0.8 and {}");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "decision: {rule: each, release: 0}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("decision.release: expected above 0 and at most 1, found 0.0");
        assertThatThrownBy(() -> ConfigReader.parse(SMALL + "decision: {rule: each, keywords: {yes: {confirm: 1}}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("decision.keywords.yes.confirm: unknown key, expected one of [confirm_seconds, gate,"
                        + " refractory_seconds, release, smoothing_seconds]; did you mean confirm_seconds?");
    }

    private static final String STREAMS = """
            data: {words: [alexa], unknown: true}
            features: {kind: log_mel}
            network: {layers: [{name: hidden, width: 8}, {name: output, neuron: {kind: readout}}]}
            loss: {rule: peak}
            """;

    @Test
    void shouldReadTrainingsOnStreams() {
        TrainingConfig config = ConfigReader.parse(STREAMS + """
                streams:
                  enabled: true
                  words: [words]
                  more_words: [{word: alexa, files: "tts/alexa__*"}]
                  compose: {keyword_share: 0.25}
                  validation: {compose: {snr_db: [5, 15]}}
                """);
        StreamsConfig streams = config.streams();
        assertThat(streams.words()).containsExactly("words");
        assertThat(streams.moreWords()).containsExactly(new StreamsConfig.MoreWords("alexa", "tts/alexa__*"));
        assertThat(streams.compose().keywordShare()).isEqualTo(0.25);
        assertThat(streams.compose().otherShare()).isEqualTo(0.2);
        assertThat(streams.validation().compose().snrDb()).containsExactly(5.0, 15.0);
        assertThat(streams.validation().compose().keywordShare()).isEqualTo(0.2);
        assertThat(ConfigReader.parse(ConfigReader.toYaml(config))).isEqualTo(config);
        assertThat(ConfigReader.parse(SMALL).streams().enabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{enabled: true} | streams.words: expected at least one folder of words, found []",
                "{bank: {streams: 0}} | streams.bank.streams: expected at least 1, found 0",
                "{bank: {refreshed: 500}} | streams.bank.refreshed: expected 0 to streams.bank.streams, found 500",
                "{bank: {seconds: 5}, windows: {seconds: 4}} | streams.bank.seconds: expected at least a second more than"
                        + " streams.windows.prefix_seconds and seconds together, found 5.0",
                "{windows: {seconds: 0.7}} | streams.windows.seconds: expected room for half a second of a keyword and for"
                        + " targets.late_seconds, found 0.7",
                "{windows: {keyword_share: 0.8}} | streams.windows: expected shares that sum to at most 1, found 1.1",
                "{targets: {late_seconds: 0.6}} | streams.targets: expected 0 < late_seconds <= forgotten_seconds,"
                        + " found 0.6 and 0.5",
                "{loss: {negative_weight: [0, 1]}} | streams.loss.negative_weight: expected two numbers above 0,"
                        + " found [0.0, 1.0]",
                "{loss: {ramp: [0.5]}} | streams.loss.ramp: expected a range [low, high], found [0.5]",
                "{loss: {blocks: 2}} | streams.loss.blocks: unknown key, expected one of [block_seconds, ignored_below,"
                        + " mean_weight, negative_weight, ramp, speech_weight, sum_share]",
                "{mining: {per_hour: 0}} | streams.mining.per_hour: expected more than 0, found 0.0",
                "{validation: {rates: []}} | streams.validation.rates: expected rates above 0, found []",
                "{speech_split: {validation: 0.6, testing: 0.4}} | streams.speech_split: expected a sum below 1, found 1.0",
                "{average_decay: 1} | streams.average_decay: expected from 0 to below 1, found 1.0",
                "{compose: {keyword_share: 2}} | streams.compose: keyword_share: expected 0 to 1, found 2.0",
                "{compose: {speech_share: 0.5}} | streams.compose: keyword_share, other_share and speech_share: expected to"
                        + " sum to at most 1, found 1.05",
                "{compose: {speed: [1.2, 0.8]}} | streams.compose: speed: expected two numbers from 0.5 to 2.0, the smaller"
                        + " one first, found [1.2, 0.8]",
                "{validation: {compose: {level_db: 3}}} | streams.validation.compose: level_db: expected -90 to 0, found 3.0"
            })
    void shouldNameWhatIsWrongWithStreams(String streams, String message) {
        assertThatThrownBy(() -> ConfigReader.parse(STREAMS + "streams: " + streams))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule: peak | rule: maximum | loss.rule: expected peak with streams, found MAXIMUM",
                ", unknown: true | '' | data.unknown: expected true with streams, which are other sounds most of the time,"
                        + " found false",
                "kind: log_mel | kind: clip_log_mel | streams.enabled: expected false for"
            })
    void shouldNameWhatDoesNotGoWithStreams(String what, String instead, String message) {
        String yaml = STREAMS.replace(what, instead) + "streams: {enabled: true, words: [words]}";
        assertThatThrownBy(() -> ConfigReader.parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void shouldKeepTheRuleOnPeaksForStreams() {
        assertThatThrownBy(() -> ConfigReader.parse(STREAMS))
                .isInstanceOf(ConfigException.class)
                .hasMessage("loss.rule: expected peak with streams only, found PEAK");
    }
}
