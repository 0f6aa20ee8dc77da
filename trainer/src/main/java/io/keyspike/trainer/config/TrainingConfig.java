package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;

import io.keyspike.models.decision.DecisionSettings.ClipRule;
import io.keyspike.models.description.ModelInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a model out of a data set. The meaning and default of each value: {@code defaults.yaml} beside this
 * class.
 */
public record TrainingConfig(
        String name,
        String attribution,
        DataConfig data,
        FeatureConfig features,
        NetworkConfig network,
        LossConfig loss,
        OptimiserConfig optimiser,
        LoopConfig training,
        StreamsConfig streams,
        AugmentationConfig augmentation,
        DecisionConfig decision,
        ChipConfig chip) {

    public TrainingConfig {
        check(name.matches("[a-z0-9][a-z0-9-]*"), "name", "lower-case letters, digits and hyphens", name);
        List<LayerConfig> layers = network.layers();
        LayerConfig last = layers.getLast();
        int labels = data.labels().size();
        int outputs = labels * loss.population();
        check(
                last.width() == null || last.width() == outputs,
                "network.layers: width of the last one",
                outputs + (loss.population() == 1 ? ", one per label" : ", labels times loss.population"),
                String.valueOf(last.width()));
        checkInput(data.kind(), features.input());
        boolean sound = features.input() instanceof ModelInput.Sound;
        boolean images = features.input() instanceof ModelInput.Image;
        check(
                augmentation.copies() == 0 || sound || features.input() instanceof ModelInput.ClipSpectrogram,
                "augmentation.copies",
                "0 for " + features.input().describe(),
                augmentation.copies());
        check(
                !images || augmentation.isNone(),
                "augmentation",
                "no roll or masks, as images have no time axis",
                augmentation);
        check(
                sound || training.prefix().probability() == 0,
                "training.prefix.probability",
                "0 for " + features.input().describe(),
                training.prefix().probability());
        boolean readout = !last.neuron().kind().spikes();
        check(
                last.neuron().kind() != NeuronConfig.Kind.EXP_LEAK
                        || (!streams.enabled() && training.prefix().probability() == 0),
                "network.layers: the last one's neuron.kind",
                "readout with streams or training.prefix, where it begins from zero",
                "exp_leak");
        boolean peak = loss.rule() == ClipRule.PEAK;
        check(
                peak || readout != (loss.rule() == ClipRule.SPIKE_COUNT),
                "loss.rule",
                readout ? "maximum, mean or last with a readout" : "spike_count with spiking outputs",
                loss.rule());
        check(
                peak == streams.enabled(),
                "loss.rule",
                streams.enabled() ? "peak with streams" : "peak with streams only",
                loss.rule());
        if (streams.enabled()) {
            check(sound, "streams.enabled", "false for " + features.input().describe(), true);
            check(data.unknown(), "data.unknown", "true with streams, which are other sounds most of the time", false);
            check(loss.population() == 1, "loss.population", "1 with streams", loss.population());
        }
        check(
                !loss.kind().onMembranes() || last.givesMembranes(),
                "loss.kind",
                "a loss on spikes or readouts where the last layer is not lif or hardware without recurrence, leaky or"
                        + " synaptic",
                loss.kind());
        check(
                loss.signGroupWeight() == 0 || chip.profile() != null,
                "loss.sign_group_weight",
                "0 without a chip.profile, which gives the group size",
                loss.signGroupWeight());
        check(
                chip.profile() == null || network.wiring().chain(),
                "chip.profile",
                "none where layers do not form a chain",
                String.valueOf(chip.profile()));
        checkParts(training.parts(), loss.rateWeight() > 0 && !streams.enabled(), layers);
        var names = new HashSet<String>();
        for (LayerConfig layer : layers) {
            check(names.add(layer.name()), "network.layers", "distinct names", layer.name() + " twice");
        }
        for (String named : optimiser.learningRates().keySet()) {
            check(names.contains(named), "optimiser.learning_rates", "a layer of " + names, named);
        }
    }

    /** What is measured over a whole batch cannot be measured over parts of one. */
    private static void checkParts(@Nullable Integer parts, boolean ratePenalty, List<LayerConfig> layers) {
        if (parts == null) {
            return;
        }
        check(!ratePenalty, "training.parts", "none with loss.rate_weight, a loss over a whole batch", parts);
        for (LayerConfig layer : layers) {
            check(
                    !layer.rates().active(),
                    "training.parts",
                    "none with the rates of layer " + layer.name() + ", a loss over a whole batch",
                    parts);
        }
    }

    private static void checkInput(DataConfig.Kind kind, ModelInput input) {
        DataConfig.Kind[] kinds = switch (input) {
            case ModelInput.Sound sound ->
                new DataConfig.Kind[] {DataConfig.Kind.SPEECH_COMMANDS, DataConfig.Kind.FOLDERS};
            case ModelInput.ClipSpectrogram clip ->
                new DataConfig.Kind[] {DataConfig.Kind.SPEECH_COMMANDS, DataConfig.Kind.FOLDERS};
            case ModelInput.EventFrames events -> new DataConfig.Kind[] {DataConfig.Kind.EVENTS};
            case ModelInput.Image image -> new DataConfig.Kind[] {DataConfig.Kind.IDX};
        };
        check(
                List.of(kinds).contains(kind),
                "data.kind",
                Arrays.stream(kinds).map(DataConfig.Kind::key).collect(Collectors.joining(" or ")) + " for "
                        + input.describe(),
                kind.key());
    }

    public TrainingConfig withEpochs(int epochs) {
        return with(training.withEpochs(epochs));
    }

    public TrainingConfig withSeed(long seed) {
        return with(training.withSeed(seed));
    }

    private TrainingConfig with(LoopConfig loop) {
        return new TrainingConfig(
                name,
                attribution,
                data,
                features,
                network,
                loss,
                optimiser,
                loop,
                streams,
                augmentation,
                decision,
                chip);
    }

    /** With another name for the model. */
    public TrainingConfig withName(String name) {
        return new TrainingConfig(
                name,
                attribution,
                data,
                features,
                network,
                loss,
                optimiser,
                training,
                streams,
                augmentation,
                decision,
                chip);
    }

    /** With words that the configuration does not name, after those that it does. */
    public TrainingConfig withWords(List<String> more) {
        var words = new ArrayList<>(data.words());
        more.stream().filter(word -> !words.contains(word)).forEach(words::add);
        var wider = new DataConfig(
                data.kind(),
                words,
                data.unknown(),
                data.silence(),
                data.clipSeconds(),
                data.unknownLimit(),
                data.split());
        return new TrainingConfig(
                name,
                attribution,
                wider,
                features,
                network,
                loss,
                optimiser,
                training,
                streams,
                augmentation,
                decision,
                chip);
    }
}
