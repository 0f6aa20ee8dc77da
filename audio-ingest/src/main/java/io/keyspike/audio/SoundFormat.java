package io.keyspike.audio;

/**
 * How a recording holds its samples.
 *
 * @param container kind of file: WAV, RF64, BW64, RIFX, AIFF, AIFF-C, AU or FLAC
 * @param codec PCM, float, mu-law, A-law or FLAC
 * @param sampleRateHz rate of the samples in Hz
 * @param channels before they are mixed down
 * @param bits of a sample, as the header says
 */
public record SoundFormat(String container, String codec, int sampleRateHz, int channels, int bits) {}
