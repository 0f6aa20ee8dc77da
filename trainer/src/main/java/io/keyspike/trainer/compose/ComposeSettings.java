package io.keyspike.trainer.compose;

import java.util.List;

/**
 * How a stream is composed.
 *
 * @param keywordShare share of the pieces that are keywords, 0 to 1
 * @param otherShare share of the pieces that are other words
 * @param speechShare share of the pieces that are connected speech; the rest are longer pauses
 * @param gapSeconds shortest and longest pause between two pieces
 * @param pauseSeconds shortest and longest length of a longer pause
 * @param speechSeconds longest piece of connected speech
 * @param levelDb level of speech relative to full scale
 * @param levelSpreadDb a piece lies up to this far above or below the stream's level
 * @param gainDb range of the gain of the whole stream
 * @param speedProbability of a piece to be played slower or faster, with its pitch
 * @param speed range of the speed
 * @param roomProbability of a stream to be in a room
 * @param reverberationSeconds range of T60 of the rooms that are simulated where the stock has none
 * @param noiseProbability of a stream to have a background
 * @param snrDb range of the ratio of the speech's level and the background's
 */
public record ComposeSettings(
        double keywordShare,
        double otherShare,
        double speechShare,
        List<Double> gapSeconds,
        List<Double> pauseSeconds,
        double speechSeconds,
        double levelDb,
        double levelSpreadDb,
        List<Double> gainDb,
        double speedProbability,
        List<Double> speed,
        double roomProbability,
        List<Double> reverberationSeconds,
        double noiseProbability,
        List<Double> snrDb) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value, in one sentence
     */
    public ComposeSettings {
        probability("keyword_share", keywordShare);
        probability("other_share", otherShare);
        probability("speech_share", speechShare);
        require(
                keywordShare + otherShare + speechShare <= 1 + 1e-9,
                "keyword_share, other_share and speech_share",
                "to sum to at most 1",
                keywordShare + otherShare + speechShare);
        gapSeconds = range("gap_seconds", gapSeconds, 0, 60);
        pauseSeconds = range("pause_seconds", pauseSeconds, 0, 60);
        require(speechSeconds > 0, "speech_seconds", "more than 0", speechSeconds);
        require(levelDb <= 0 && levelDb >= -90, "level_db", "-90 to 0", levelDb);
        require(levelSpreadDb >= 0, "level_spread_db", "at least 0", levelSpreadDb);
        gainDb = range("gain_db", gainDb, -90, 40);
        probability("speed_probability", speedProbability);
        speed = range("speed", speed, 0.5, 2);
        probability("room_probability", roomProbability);
        reverberationSeconds = range("reverberation_seconds", reverberationSeconds, 0.05, 3);
        probability("noise_probability", noiseProbability);
        snrDb = range("snr_db", snrDb, -40, 90);
    }

    /**
     * Speech as it lies in a quiet recording, a background 10 dB under it: for streams that a model is measured on.
     *
     * @return settings without changes of speed, level or room
     */
    public static ComposeSettings plain() {
        return new ComposeSettings(
                0.12,
                0.5,
                0.2,
                List.of(0.05, 0.4),
                List.of(0.5, 4.0),
                12,
                -26,
                0,
                List.of(0.0, 0.0),
                0,
                List.of(1.0, 1.0),
                0,
                List.of(0.1, 0.6),
                1,
                List.of(10.0, 10.0));
    }

    /**
     * The same without keywords and other words, and nearly without pauses.
     *
     * @return settings of streams of connected speech
     */
    public ComposeSettings ofSpeechAlone() {
        return new ComposeSettings(
                0,
                0,
                0.95,
                gapSeconds,
                pauseSeconds,
                speechSeconds,
                levelDb,
                levelSpreadDb,
                gainDb,
                speedProbability,
                speed,
                roomProbability,
                reverberationSeconds,
                0,
                snrDb);
    }

    private static void probability(String key, double value) {
        require(value >= 0 && value <= 1, key, "0 to 1", value);
    }

    private static List<Double> range(String key, List<Double> range, double least, double most) {
        require(
                range.size() == 2 && range.get(0) >= least && range.get(1) >= range.get(0) && range.get(1) <= most,
                key,
                "two numbers from " + least + " to " + most + ", the smaller one first",
                range);
        return List.copyOf(range);
    }

    private static void require(boolean holds, String key, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(key + ": expected " + expected + ", found " + found);
        }
    }
}
