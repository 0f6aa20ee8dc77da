package io.keyspike.models;

import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.models.decision.DecisionSettings;
import io.keyspike.models.description.ChipPower;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.description.Provenance;
import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.json.ModelMetadata;
import io.keyspike.models.network.Network;
import io.keyspike.models.network.NetworkPlan;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything a model file holds, checked to fit together.
 *
 * @param name short name, lower case, such as {@code yes-no}
 * @param version what events carry, see {@link ModelMetadata#version}; {@link #of} computes it
 * @param input what the network is fed with
 * @param network graph and tensors
 * @param labels what the values of the network's first output stand for, in order
 * @param decision thresholds and times that turn outputs into detections
 * @param chip power model of the chip that the network's energy is estimated for
 * @param provenance where the model comes from; it has no part in the version
 * @param quality what was measured of the model on streams, with these decision settings at other thresholds; null for
 *     nothing
 */
public record KeywordModel(
        String name,
        String version,
        ModelInput input,
        Network network,
        List<String> labels,
        DecisionSettings decision,
        ChipPower chip,
        Provenance provenance,
        @Nullable StreamQuality quality) {

    /** Names become file names. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Relative difference up to which two time steps are one. */
    private static final double SAME_STEP = 1e-9;

    /**
     * Checks that the parts fit together; the version is taken as it is.
     *
     * @throws IllegalArgumentException if the name is malformed, or features, network, labels, decision settings and
     *     measured keywords do not fit together
     */
    public KeywordModel {
        labels = List.copyOf(labels);
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "model: expected a name of up to 64 characters from a-z, 0-9, '.', '_', '-', found '" + name + "'");
        }
        NetworkPlan plan = network.graph().plan();
        if (plan.input().inputs() != input.width()) {
            throw new IllegalArgumentException("model: expected a network of " + input.width()
                    + " inputs, one per feature channel, found " + plan.input().inputs());
        }
        double step = network.graph().stepSeconds();
        if (Math.abs(step - input.stepSeconds()) > SAME_STEP * step) {
            throw new IllegalArgumentException("model: expected a network with the features' time step of "
                    + input.stepSeconds() + " s, found " + step + " s");
        }
        if (labels.size() != plan.output().outputs()) {
            throw new IllegalArgumentException("model: expected "
                    + plan.output().outputs() + " labels, one per network output, found " + labels.size());
        }
        if (new HashSet<>(labels).size() != labels.size() || labels.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("model: expected distinct labels that are not blank, found " + labels);
        }
        for (String label : decision.thresholds().keySet()) {
            if (!labels.contains(label)) {
                throw new IllegalArgumentException(
                        "model: expected thresholds for labels " + labels + ", found one for " + label);
            }
        }
        for (String label : decision.keywords().keySet()) {
            if (!labels.contains(label)) {
                throw new IllegalArgumentException(
                        "model: expected settings for keywords among " + labels + ", found some for " + label);
            }
        }
        if (quality != null && !labels.containsAll(quality.keywords().keySet())) {
            throw new IllegalArgumentException("model: expected measured keywords among " + labels + ", found "
                    + quality.keywords().keySet());
        }
    }

    /**
     * A model of which nothing was measured on streams.
     *
     * @param name short name, lower case, such as {@code yes-no}; see {@link #isName}
     * @param version what events carry, see {@link ModelMetadata#version}; not checked against the content
     * @param input what the network is fed with
     * @param network graph and tensors; its inputs and time step are those of the input
     * @param labels what the values of the network's first output stand for, in order; distinct and not blank
     * @param decision thresholds and times that turn outputs into detections
     * @param chip power model of the chip that the network's energy is estimated for
     * @param provenance where the model comes from; it has no part in the version
     * @throws IllegalArgumentException as the canonical constructor does
     */
    public KeywordModel(
            String name,
            String version,
            ModelInput input,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            Provenance provenance) {
        this(name, version, input, network, labels, decision, chip, provenance, null);
    }

    /**
     * A model for streamed audio, of which nothing was measured on streams.
     *
     * @param name short name, lower case, such as {@code yes-no}; see {@link #isName}
     * @param version what events carry, see {@link ModelMetadata#version}; not checked against the content
     * @param features how audio becomes the feature steps that the network is fed with
     * @param network graph and tensors; its inputs and time step are those of the features
     * @param labels what the values of the network's first output stand for, in order; distinct and not blank
     * @param decision thresholds and times that turn outputs into detections
     * @param chip power model of the chip that the network's energy is estimated for
     * @param provenance where the model comes from; it has no part in the version
     * @throws IllegalArgumentException as the canonical constructor does
     */
    public KeywordModel(
            String name,
            String version,
            FeatureSpec features,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            Provenance provenance) {
        this(name, version, new ModelInput.Sound(features), network, labels, decision, chip, provenance);
    }

    /**
     * A model for streamed audio, with the version that belongs to its content.
     *
     * @param name short name, lower case, such as {@code yes-no}; see {@link #isName}
     * @param features how audio becomes the feature steps that the network is fed with
     * @param network graph and tensors; its inputs and time step are those of the features
     * @param labels what the values of the network's first output stand for, in order; distinct and not blank
     * @param decision thresholds and times that turn outputs into detections
     * @param chip power model of the chip that the network's energy is estimated for
     * @param provenance where the model comes from; it has no part in the version
     * @return the model, with its version computed
     * @throws IllegalArgumentException as the canonical constructor does
     */
    public static KeywordModel of(
            String name,
            FeatureSpec features,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            Provenance provenance) {
        return of(name, new ModelInput.Sound(features), network, labels, decision, chip, provenance);
    }

    /**
     * A model with the version that belongs to its content.
     *
     * @param name short name, lower case, such as {@code yes-no}; see {@link #isName}
     * @param input what the network is fed with
     * @param network graph and tensors; its inputs and time step are those of the input
     * @param labels what the values of the network's first output stand for, in order; distinct and not blank
     * @param decision thresholds and times that turn outputs into detections
     * @param chip power model of the chip that the network's energy is estimated for
     * @param provenance where the model comes from; it has no part in the version
     * @return the model, with its version computed
     * @throws IllegalArgumentException as the canonical constructor does
     */
    public static KeywordModel of(
            String name,
            ModelInput input,
            Network network,
            List<String> labels,
            DecisionSettings decision,
            ChipPower chip,
            Provenance provenance) {
        return new KeywordModel(name, "", input, network, labels, decision, chip, provenance).withItsVersion();
    }

    /**
     * The features of a model that runs on streamed audio.
     *
     * @return how audio becomes feature steps
     * @throws IllegalArgumentException if the model is not for streamed audio
     */
    public FeatureSpec features() {
        if (input instanceof ModelInput.Sound sound) {
            return sound.features();
        }
        throw new IllegalArgumentException(
                name + ": expected a model that runs on streamed audio, found one for " + input.describe());
    }

    /**
     * This model with other decision settings, and the version that belongs to them. What was measured on streams stays if
     * only thresholds differ, since it was measured at all of them; otherwise it no longer holds and is dropped.
     *
     * @param newDecision thresholds and times in place of the present ones
     * @return the model, with its version computed
     * @throws IllegalArgumentException if a threshold is set for a label that does not exist
     */
    public KeywordModel withDecision(DecisionSettings newDecision) {
        boolean onlyThresholds =
                newDecision.withThresholds(decision.thresholds()).equals(decision);
        return new KeywordModel(
                        name,
                        "",
                        input,
                        network,
                        labels,
                        newDecision,
                        chip,
                        provenance,
                        onlyThresholds ? quality : null)
                .withItsVersion();
    }

    /**
     * This model under another name, and the version that belongs to it.
     *
     * @param newName short name, lower case; see {@link #isName}
     * @return the model, with its version computed
     * @throws IllegalArgumentException if the name is malformed
     */
    public KeywordModel withName(String newName) {
        return new KeywordModel(newName, "", input, network, labels, decision, chip, provenance, quality)
                .withItsVersion();
    }

    /**
     * This model with what was measured of it on streams, and the version that belongs to it.
     *
     * @param newQuality in place of what was measured before; null for nothing
     * @return the model, with its version computed
     * @throws IllegalArgumentException if a keyword was measured that is not among the labels
     */
    public KeywordModel withQuality(@Nullable StreamQuality newQuality) {
        return new KeywordModel(name, "", input, network, labels, decision, chip, provenance, newQuality)
                .withItsVersion();
    }

    /**
     * The thresholds for a rate of false alarms, from what was measured on streams.
     *
     * @param falseAlarmsPerHour of each keyword, above 0
     * @return of each keyword that is reported, by label: its threshold, and whether the measured hours resolve the rate; see
     *     {@link StreamQuality#thresholdsFor}
     * @throws IllegalArgumentException if the rate is not above 0, nothing was measured, or a keyword that is reported is not
     *     among those that were
     */
    public SortedMap<String, StreamQuality.Choice> thresholdsFor(double falseAlarmsPerHour) {
        if (quality == null) {
            throw new IllegalArgumentException(
                    name + ": expected a model with false alarms measured on streams, found one"
                            + " without; keyspike calibrate measures them");
        }
        SortedMap<String, StreamQuality.Choice> choices = quality.thresholdsFor(falseAlarmsPerHour);
        if (!choices.keySet().containsAll(decision.thresholds().keySet())) {
            throw new IllegalArgumentException(name + ": expected false alarms measured for "
                    + decision.thresholds().keySet() + ", found them for " + choices.keySet()
                    + "; keyspike calibrate measures them");
        }
        choices.keySet().retainAll(decision.thresholds().keySet());
        return choices;
    }

    /**
     * This model with another network, for another chip, and the version that belongs to them; what was measured on streams
     * is dropped.
     *
     * @param newNetwork with as many inputs and outputs and the same time step as the present one
     * @param newChip the power model of the chip that the new network is meant for
     * @return the model, with its version computed
     * @throws IllegalArgumentException if the network does not fit input and labels
     */
    public KeywordModel withNetwork(Network newNetwork, ChipPower newChip) {
        return new KeywordModel(name, "", input, newNetwork, labels, decision, newChip, provenance).withItsVersion();
    }

    KeywordModel withItsVersion() {
        String itsVersion = ModelMetadata.version(name, input, network, labels, decision, chip, quality);
        return new KeywordModel(name, itsVersion, input, network, labels, decision, chip, provenance, quality);
    }

    /**
     * Whether text can name a model: up to 64 characters of a-z, 0-9, dot, underscore, hyphen, the first a-z or 0-9.
     *
     * @param name any text
     * @return whether a model may have it as its name
     */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
