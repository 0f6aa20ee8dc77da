package io.keyspike.trainer.streams;

/**
 * What a threshold comes to.
 *
 * @param threshold lowest score that is reported; {@link Double#POSITIVE_INFINITY} where nothing is
 * @param hits words reported
 * @param falseAlarms reports of words not said
 * @param falseAlarmsPerHour the same for each hour of all streams
 * @param missRate share of the words not reported, 0 to 1; {@link Double#NaN} if there are no words
 */
public record OperatingPoint(double threshold, int hits, int falseAlarms, double falseAlarmsPerHour, double missRate) {}
