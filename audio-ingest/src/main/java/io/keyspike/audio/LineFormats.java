package io.keyspike.audio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioFormat.Encoding;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;

/** The formats in which a device may be opened, the best first. */
final class LineFormats {

    private static final int[] OTHER_RATES_HZ = {48_000, 44_100, 32_000, 96_000};

    private static final int[] RARE_RATES_HZ = {
        24_000, 22_050, 64_000, 88_200, 176_400, 192_000, 384_000, 12_000, 11_025, 8_000
    };

    private static final int[] CHANNELS = {1, 2, 4, 6, 8, 3, 5, 7};
    private static final int[] BITS = {16, 24, 32, 8};
    private static final int MOST_SHOWN = 4;

    private LineFormats() {}

    /** Formats in order of preference that most devices support: the wanted rate, then others; one channel before two. */
    static List<AudioFormat> usual(int sampleRateHz) {
        var formats = new ArrayList<AudioFormat>();
        for (int channels = 1; channels <= 2; channels++) {
            formats.add(new AudioFormat(sampleRateHz, Short.SIZE, channels, true, false));
        }
        for (int rate : OTHER_RATES_HZ) {
            for (int channels = 1; channels <= 2; channels++) {
                formats.add(new AudioFormat(rate, Short.SIZE, channels, true, false));
            }
        }
        return formats;
    }

    /**
     * The formats that a device says it supports, of those that can be converted.
     *
     * @param channel the channel wanted, from 1, or 0 for the mean of all
     */
    static List<AudioFormat> of(Mixer mixer, int sampleRateHz, int channel) {
        var found = new LinkedHashMap<String, AudioFormat>();
        usual(sampleRateHz).forEach(format -> found.putIfAbsent(key(format), format));
        var others = new ArrayList<AudioFormat>();
        offered(mixer).forEach(format -> others.addAll(completed(format, sampleRateHz)));
        others.addAll(completed(
                new AudioFormat(
                        Encoding.PCM_SIGNED,
                        AudioSystem.NOT_SPECIFIED,
                        AudioSystem.NOT_SPECIFIED,
                        AudioSystem.NOT_SPECIFIED,
                        AudioSystem.NOT_SPECIFIED,
                        AudioSystem.NOT_SPECIFIED,
                        false),
                sampleRateHz));
        others.sort(Comparator.comparingInt((AudioFormat format) -> rateRank(format, sampleRateHz))
                .thenComparingInt(LineFormats::sampleRank)
                .thenComparingInt(AudioFormat::getChannels));
        others.forEach(format -> found.putIfAbsent(key(format), format));
        return found.values().stream()
                .filter(format -> isUsable(format, channel))
                .filter(format -> mixer.isLineSupported(new DataLine.Info(TargetDataLine.class, format)))
                .toList();
    }

    private static boolean isUsable(AudioFormat format, int channel) {
        try {
            LineFormat.of(format, channel);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What the device says it offers, as it says it: rate, bits and channels may be open. */
    static List<AudioFormat> offered(Mixer mixer) {
        var formats = new ArrayList<AudioFormat>();
        for (Line.Info info : mixer.getTargetLineInfo()) {
            if (info instanceof DataLine.Info line && TargetDataLine.class.isAssignableFrom(line.getLineClass())) {
                formats.addAll(List.of(line.getFormats()));
            }
        }
        return formats;
    }

    /** What the device offers, for people. */
    static String offer(Mixer mixer) {
        var texts = new LinkedHashSet<String>();
        offered(mixer).forEach(format -> texts.add(LineFormat.text(format)));
        if (texts.isEmpty()) {
            return "no format";
        }
        String shown = String.join("; ", texts.stream().limit(MOST_SHOWN).toList());
        return texts.size() <= MOST_SHOWN ? shown : shown + "; and " + (texts.size() - MOST_SHOWN) + " more";
    }

    /** A format with everything that is open in it filled in. */
    private static List<AudioFormat> completed(AudioFormat format, int sampleRateHz) {
        int[] rates = {Math.round(format.getSampleRate())};
        if (format.getSampleRate() == AudioSystem.NOT_SPECIFIED) {
            rates = new int[1 + OTHER_RATES_HZ.length + RARE_RATES_HZ.length];
            rates[0] = sampleRateHz;
            System.arraycopy(OTHER_RATES_HZ, 0, rates, 1, OTHER_RATES_HZ.length);
            System.arraycopy(RARE_RATES_HZ, 0, rates, 1 + OTHER_RATES_HZ.length, RARE_RATES_HZ.length);
        }
        boolean anyBits = format.getSampleSizeInBits() == AudioSystem.NOT_SPECIFIED;
        boolean anyChannels = format.getChannels() == AudioSystem.NOT_SPECIFIED;
        boolean anyOrder = anyBits && anyChannels;
        var formats = new ArrayList<AudioFormat>();
        for (int rate : rates) {
            for (int bits : anyBits ? BITS : new int[] {format.getSampleSizeInBits()}) {
                for (int channels : anyChannels ? CHANNELS : new int[] {format.getChannels()}) {
                    int frame = format.getFrameSize();
                    if (frame == AudioSystem.NOT_SPECIFIED || anyBits || anyChannels) {
                        frame = channels * Math.ceilDiv(bits, Byte.SIZE);
                    }
                    formats.add(new AudioFormat(
                            format.getEncoding(), rate, bits, channels, frame, rate, format.isBigEndian()));
                    if (anyOrder && bits > Byte.SIZE) {
                        formats.add(new AudioFormat(
                                format.getEncoding(), rate, bits, channels, frame, rate, !format.isBigEndian()));
                    }
                }
            }
        }
        return formats;
    }

    /** The wanted rate, then multiples of it, then higher rates, the nearest first; lower ones last, the highest first. */
    private static int rateRank(AudioFormat format, int sampleRateHz) {
        int rate = Math.round(format.getSampleRate());
        if (rate < sampleRateHz) {
            return Integer.MAX_VALUE - rate;
        }
        return rate % sampleRateHz == 0 ? rate / sampleRateHz - 1 : rate;
    }

    private static int sampleRank(AudioFormat format) {
        int bits = format.getSampleSizeInBits();
        int order = format.isBigEndian() ? 1 : 0;
        return 2 * (bits >= Short.SIZE ? bits : 1_000 - bits) + order;
    }

    /** Formats have no equality. */
    private static String key(AudioFormat format) {
        return format + " " + format.getFrameSize() + " " + format.isBigEndian();
    }
}
