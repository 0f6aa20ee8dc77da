package io.keyspike.voices;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Divides speakers between training and validation, so that no synthetic voice, nor a mix with it, is heard in both: a model is
 * judged on voices that it was not trained on. On which side a speaker is follows from its name alone, so that it is the same in
 * every run and on every machine; only where a side would be empty, the one closest to it changes over.
 */
public final class VoiceSplit {

    /** Share of speakers for validation. */
    public static final double VALIDATION_SHARE = 0.2;

    private final Set<String> validation;

    /**
     * Divides the speakers of some voices.
     *
     * @param voices all that a run uses, unmixed
     */
    public VoiceSplit(List<Voice> voices) {
        var speakers = new TreeSet<String>();
        for (Voice voice : voices) {
            voice.speakers().forEach(speaker -> speakers.add(key(voice, speaker)));
        }
        validation = new HashSet<>();
        speakers.stream().filter(speaker -> place(speaker) < VALIDATION_SHARE).forEach(validation::add);
        if (speakers.size() > 1) {
            Comparator<String> byPlace = Comparator.comparingDouble(VoiceSplit::place);
            if (validation.isEmpty()) {
                speakers.stream().min(byPlace).ifPresent(validation::add);
            } else if (validation.size() == speakers.size()) {
                speakers.stream().max(byPlace).ifPresent(validation::remove);
            }
        }
    }

    private static String key(Voice voice, String speaker) {
        return voice.engine() + ":" + speaker;
    }

    /** Where a speaker lies between 0 and 1. */
    private static double place(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            long first = 0;
            for (int i = 0; i < Integer.BYTES; i++) {
                first = first << Byte.SIZE | Byte.toUnsignedLong(digest[i]);
            }
            return first / 0x1p32;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Whether a voice is for validation.
     *
     * @param voice one of the voices given, or a mix of two on the same side
     * @return whether it is for validation, not for training
     * @throws IllegalArgumentException if it mixes speakers of both sides, and so belongs to neither
     */
    public boolean isValidation(Voice voice) {
        boolean any = false;
        boolean all = true;
        for (String speaker : voice.speakers()) {
            boolean one = validation.contains(key(voice, speaker));
            any |= one;
            all &= one;
        }
        if (any != all) {
            throw new IllegalArgumentException("voice: " + voice.id() + " mixes speakers of training and validation");
        }
        return all;
    }

    /**
     * The voices of one side.
     *
     * @param voices some of the voices given
     * @param forValidation which side
     * @return those of that side, in the same order
     */
    public List<Voice> side(List<Voice> voices, boolean forValidation) {
        return voices.stream()
                .filter(voice -> isValidation(voice) == forValidation)
                .toList();
    }

    /**
     * Mixes of two voices of one side.
     *
     * @param voices voices of one side, of engines that mix
     * @param most how many mixes at most
     * @return mixes of two different speakers, each voice about equally often, in an order that is always the same
     */
    public static List<Voice> mixes(List<Voice> voices, int most) {
        var mixes = new ArrayList<Voice>();
        for (int step = 1; step < voices.size() && mixes.size() < most; step++) {
            for (int i = 0; i + step < voices.size() && mixes.size() < most; i++) {
                Voice one = voices.get(i);
                Voice other = voices.get(i + step);
                if (one.engine().equals(other.engine()) && !one.speakers().equals(other.speakers())) {
                    mixes.add(one.mixedWith(other));
                }
            }
        }
        return mixes;
    }
}
