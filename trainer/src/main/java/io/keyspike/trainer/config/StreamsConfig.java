package io.keyspike.trainer.config;

import static io.keyspike.trainer.config.ConfigException.check;
import static io.keyspike.trainer.config.ConfigException.checkProbability;
import static io.keyspike.trainer.config.ConfigException.checkRange;

import io.keyspike.trainer.compose.ComposeSettings;
import java.util.List;

/**
 * Training on streams: windows out of composed streams, a loss on the peak of the scores, mining of false alarms, and the
 * choice of the weights by what is missed at a rate of false alarms. The meaning and default of each value: {@code
 * defaults.yaml} beside this class.
 *
 * @param enabled false for training on single clips
 * @param words folders in the layout of the configuration's kind of data, relative to the folder that is trained on
 * @param moreWords recordings of words outside such folders, for training only
 * @param speech folders of connected speech, searched for recordings at any depth
 * @param noise files or folders of backgrounds, likewise
 * @param rooms folders of impulse responses, likewise
 * @param speechSplit share of the speakers of connected speech, and of the files of noise, by split
 * @param averageDecay of the moving average of the weights over the batches; 0 for none
 */
public record StreamsConfig(
        boolean enabled,
        List<String> words,
        List<MoreWords> moreWords,
        List<String> speech,
        List<String> noise,
        List<String> rooms,
        SpeechSplit speechSplit,
        BankConfig bank,
        ComposeSettings compose,
        WindowConfig windows,
        TargetConfig targets,
        PeakLossConfig loss,
        MiningConfig mining,
        ValidationConfig validation,
        double averageDecay) {

    /**
     * Recordings of one word.
     *
     * @param word a label, or {@code unknown} for sounds that are like one and are none
     * @param files a pattern of file names such as {@code tts/alexa__*}, or a folder
     */
    public record MoreWords(String word, String files) {}

    /**
     * How connected speech is split, by speaker where names or transcripts tell them, else by file.
     *
     * @param validation share, 0 to below 1
     * @param testing share that is neither trained nor validated on
     */
    public record SpeechSplit(double validation, double testing) {
        public SpeechSplit {
            checkProbability("streams.speech_split.validation", validation);
            checkProbability("streams.speech_split.testing", testing);
            check(validation + testing < 1, "streams.speech_split", "a sum below 1", validation + testing);
        }
    }

    /**
     * The composed streams that windows are cut out of.
     *
     * @param streams how many there are at a time
     * @param seconds length of each
     * @param refreshed how many of them are composed anew before each epoch
     */
    public record BankConfig(int streams, double seconds, int refreshed) {
        public BankConfig {
            check(streams >= 1, "streams.bank.streams", "at least 1", streams);
            check(seconds >= 5 && seconds <= 3_600, "streams.bank.seconds", "5 to 3600", seconds);
            check(
                    refreshed >= 0 && refreshed <= streams,
                    "streams.bank.refreshed",
                    "0 to streams.bank.streams",
                    refreshed);
        }
    }

    /**
     * The windows of an epoch.
     *
     * @param perEpoch how many
     * @param prefixSeconds from a fresh state to the first step that counts: other speech, which the state comes from
     * @param seconds that count
     * @param keywordShare share of the windows that are placed round a keyword
     * @param minedShare share of the windows that are placed round a mined false alarm, once there are some
     */
    public record WindowConfig(
            int perEpoch, double prefixSeconds, double seconds, double keywordShare, double minedShare) {

        /** In a window that is placed round a keyword, at least this much of what counts lies before the keyword's end. */
        public static final double BEFORE_END_SECONDS = 0.5;

        /** Checks the ranges. */
        public WindowConfig {
            check(perEpoch >= 1, "streams.windows.per_epoch", "at least 1", perEpoch);
            check(prefixSeconds >= 0, "streams.windows.prefix_seconds", "at least 0", prefixSeconds);
            check(seconds > 0 && seconds <= 60, "streams.windows.seconds", "more than 0 and at most 60", seconds);
            checkProbability("streams.windows.keyword_share", keywordShare);
            checkProbability("streams.windows.mined_share", minedShare);
            check(
                    keywordShare + minedShare <= 1,
                    "streams.windows",
                    "shares that sum to at most 1",
                    keywordShare + minedShare);
        }
    }

    /**
     * When a keyword is to be reported, relative to its end.
     *
     * @param earlySeconds it may be reported from so long before its end
     * @param lateSeconds and until so long after it
     * @param forgottenSeconds so long after its end its score must be down again
     */
    public record TargetConfig(double earlySeconds, double lateSeconds, double forgottenSeconds) {
        public TargetConfig {
            check(earlySeconds >= 0, "streams.targets.early_seconds", "at least 0", earlySeconds);
            check(
                    lateSeconds > 0 && forgottenSeconds >= lateSeconds,
                    "streams.targets",
                    "0 < late_seconds <= forgotten_seconds",
                    lateSeconds + " and " + forgottenSeconds);
        }
    }

    /**
     * The loss on the peak of the scores.
     *
     * @param negativeWeight weight of the steps without keyword, at the beginning and end of the ramp
     * @param ramp shares of the run at which the weight begins and ends to rise
     * @param sumShare share of the run in which the mean over the steps stands in for the peak
     * @param blockSeconds of the steps without keyword the highest one of each block counts
     * @param meanWeight of the mean over all steps without keyword, beside the peaks
     * @param speechWeight of telling speech from silence, where there is a label for each
     * @param ignoredBelow a peak with a smaller loss is learnt already and gives no gradient
     */
    public record PeakLossConfig(
            List<Double> negativeWeight,
            List<Double> ramp,
            double sumShare,
            double blockSeconds,
            double meanWeight,
            double speechWeight,
            double ignoredBelow) {
        public PeakLossConfig {
            check(
                    negativeWeight.size() == 2 && negativeWeight.get(0) > 0 && negativeWeight.get(1) > 0,
                    "streams.loss.negative_weight",
                    "two numbers above 0",
                    negativeWeight);
            negativeWeight = List.copyOf(negativeWeight);
            checkRange("streams.loss.ramp", ramp);
            ramp = List.copyOf(ramp);
            checkProbability("streams.loss.sum_share", sumShare);
            check(blockSeconds > 0, "streams.loss.block_seconds", "more than 0", blockSeconds);
            check(meanWeight >= 0, "streams.loss.mean_weight", "at least 0", meanWeight);
            check(speechWeight >= 0, "streams.loss.speech_weight", "at least 0", speechWeight);
            check(ignoredBelow >= 0, "streams.loss.ignored_below", "at least 0", ignoredBelow);
        }
    }

    /**
     * Mining: the network is run over the bank as it would run live, and its false alarms are shown to it again.
     *
     * @param fromEpoch first epoch before which the bank is mined
     * @param every epochs from one mining to the next; 0 for none
     * @param deadSeconds of two peaks so close the higher counts
     * @param perHour most peaks that are kept for an hour of the bank
     * @param leastScore peaks below it are no false alarms
     */
    public record MiningConfig(int fromEpoch, int every, double deadSeconds, double perHour, double leastScore) {
        public MiningConfig {
            check(fromEpoch >= 1, "streams.mining.from_epoch", "at least 1", fromEpoch);
            check(every >= 0, "streams.mining.every", "at least 0", every);
            check(deadSeconds >= 0, "streams.mining.dead_seconds", "at least 0", deadSeconds);
            check(perHour > 0, "streams.mining.per_hour", "more than 0", perHour);
            checkProbability("streams.mining.least_score", leastScore);
        }
    }

    /**
     * The streams that weights are chosen and thresholds calibrated on: words of the validation split, and connected speech
     * of speakers who are not trained on.
     *
     * @param streams how many are composed
     * @param speechStreams how many more are composed of connected speech alone
     * @param seconds length of each
     * @param compose how
     * @param rates false alarms an hour and word; what is missed at them, on average, chooses the weights
     * @param falseAlarmsPerHour what the thresholds of the model are calibrated to, an hour and word
     * @param together whether that rate is of all words together, divided so that the fewest are missed
     * @param withoutWords whether the calibration counts false alarms in connected speech only, not one word taken for another
     */
    public record ValidationConfig(
            int streams,
            int speechStreams,
            double seconds,
            ComposeSettings compose,
            List<Double> rates,
            double falseAlarmsPerHour,
            boolean together,
            boolean withoutWords) {
        public ValidationConfig {
            check(streams >= 1, "streams.validation.streams", "at least 1", streams);
            check(speechStreams >= 0, "streams.validation.speech_streams", "at least 0", speechStreams);
            check(seconds >= 5 && seconds <= 3_600, "streams.validation.seconds", "5 to 3600", seconds);
            rates = List.copyOf(rates);
            check(
                    !rates.isEmpty() && rates.stream().allMatch(r -> r > 0),
                    "streams.validation.rates",
                    "rates above 0",
                    rates);
            check(
                    falseAlarmsPerHour > 0,
                    "streams.validation.false_alarms_per_hour",
                    "more than 0",
                    falseAlarmsPerHour);
            check(
                    !withoutWords || speechStreams > 0,
                    "streams.validation.without_words",
                    "speech_streams of at least 1",
                    speechStreams);
        }
    }

    public StreamsConfig {
        words = List.copyOf(words);
        moreWords = List.copyOf(moreWords);
        speech = List.copyOf(speech);
        noise = List.copyOf(noise);
        rooms = List.copyOf(rooms);
        check(!enabled || !words.isEmpty(), "streams.words", "at least one folder of words", words);
        check(
                bank.seconds() >= windows.prefixSeconds() + windows.seconds() + 1,
                "streams.bank.seconds",
                "at least a second more than streams.windows.prefix_seconds and seconds together",
                bank.seconds());
        check(
                windows.seconds() >= WindowConfig.BEFORE_END_SECONDS + targets.lateSeconds(),
                "streams.windows.seconds",
                "room for half a second of a keyword and for targets.late_seconds",
                windows.seconds());
        check(averageDecay >= 0 && averageDecay < 1, "streams.average_decay", "from 0 to below 1", averageDecay);
    }
}
