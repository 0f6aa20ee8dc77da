package io.keyspike.trainer.config;

/** A training configuration that is not valid; the message is one sentence with what was expected and found. */
public final class ConfigException extends IllegalArgumentException {
    public ConfigException(String message) {
        super(message);
    }

    static void check(boolean ok, String key, String expected, Object found) {
        if (!ok) {
            throw new ConfigException(key + ": expected " + expected + ", found " + found);
        }
    }

    static void checkProbability(String key, double value) {
        check(value >= 0 && value <= 1, key, "a probability from 0 to 1", value);
    }

    static void checkRange(String key, java.util.List<Double> range) {
        check(range.size() == 2 && range.get(0) <= range.get(1), key, "a range [low, high]", range);
    }
}
