package io.keyspike.app.cli.keyword;

import io.keyspike.trainer.common.SplitMix;
import io.keyspike.voices.SpeechEngine;
import io.keyspike.voices.SpeechEngines;
import io.keyspike.voices.Voice;
import io.keyspike.voices.VoiceSplit;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides who says what and how fast. It depends on the keyword, the voices that there are and the sizes alone, so that a run
 * that is repeated or continued speaks the same.
 *
 * @param examples everything to speak, in an order that is the same every time
 * @param trainingVoices voices and mixes that say the keyword for training
 * @param validationVoices those that say it for validation; none of them, nor a part of a mix, is among the others
 */
record ExamplePlan(List<Example> examples, int trainingVoices, int validationVoices) {

    /** Folder of sound-alikes. */
    static final String SOUND_ALIKES = "sound-alikes";

    /** Folder of sentences in place of connected speech. */
    static final String SENTENCES = "sentences";

    private static final long PURPOSE = 0x5A_11;
    private static final double SLOWEST = 0.75;
    private static final double FASTEST = 1.35;

    /** Share of what is said for training that has other words before the keyword. */
    private static final double CARRIED = 0.25;

    private static final int WORDS_IN_A_SENTENCE = 9;

    /** Few of espeak-ng's voices: half of what it says is not heard as the word. */
    private static final int ESPEAK_VOICES = 12;

    /** The two small engines cost next to nothing, so that their few voices say it often. */
    private static final int FLITE_TAKES = 12;

    private static final int ESPEAK_TAKES = 4;

    ExamplePlan {
        examples = List.copyOf(examples);
    }

    /**
     * How much to speak.
     *
     * @param voices voices and mixes that say the keyword
     * @param takes how often a voice of Kokoro says it
     * @param soundAlikes clips of sound-alikes
     * @param sentences sentences in place of connected speech; 0 where there is some
     */
    record Size(int voices, int takes, int soundAlikes, int sentences) {}

    /** Plans all of it. */
    static ExamplePlan of(Phrase phrase, List<String> soundAlikes, SpeechEngines engines, Size size) {
        var split = new VoiceSplit(engines.voices());
        var examples = new ArrayList<Example>();
        int[] counts = new int[2];
        for (boolean validation : new boolean[] {false, true}) {
            double share = validation ? VoiceSplit.VALIDATION_SHARE : 1 - VoiceSplit.VALIDATION_SHARE;
            List<Voice> voices = voices(engines, split, validation, (int) Math.ceil(share * size.voices()));
            counts[validation ? 1 : 0] = voices.size();
            boolean kokoro = voices.stream().anyMatch(v -> v.engine().equals("kokoro"));
            for (Voice voice : voices) {
                int takes = takes(voice, size.takes(), kokoro);
                for (int take = 0; take < takes; take++) {
                    var random = new SplitMix(
                            PURPOSE, phrase.text().hashCode(), voice.id().hashCode(), take);
                    examples.add(new Example(
                            phrase.label(),
                            take,
                            voice,
                            speed(random),
                            text(phrase, take, validation, random),
                            validation));
                }
            }
            if (!voices.isEmpty()) {
                // In streams for validation sound-alikes would be said far more often than people say them.
                int soundAlikesHere = validation ? 0 : size.soundAlikes();
                spoken(SOUND_ALIKES, soundAlikes, voices, validation, soundAlikesHere, examples);
                int sentencesHere = (int) (share * size.sentences());
                spoken(SENTENCES, sentences(size.sentences()), voices, validation, sentencesHere, examples);
            }
        }
        return new ExamplePlan(examples, counts[0], counts[1]);
    }

    private static List<Voice> voices(SpeechEngines engines, VoiceSplit split, boolean validation, int most) {
        var voices = new ArrayList<Voice>();
        for (SpeechEngine engine : engines.engines()) {
            List<Voice> side = split.side(engine.voices(), validation);
            if (engine.name().equals("espeak-ng")) {
                side = side.stream().limit(Math.min(ESPEAK_VOICES, side.size())).toList();
            }
            voices.addAll(side);
            if (engine.mixes()) {
                int others = engines.engines().size() > 1 ? ESPEAK_VOICES / 2 : 0;
                voices.addAll(VoiceSplit.mixes(side, Math.max(0, most - voices.size() - others)));
            }
        }
        return voices.size() > most ? voices.subList(0, Math.max(1, most)) : voices;
    }

    private static int takes(Voice voice, int takes, boolean kokoro) {
        return switch (voice.engine()) {
            case "flite" -> kokoro ? FLITE_TAKES : 4 * FLITE_TAKES;
            case "espeak-ng" -> kokoro ? ESPEAK_TAKES : 4 * ESPEAK_TAKES;
            default -> takes;
        };
    }

    private static double speed(SplitMix random) {
        return SLOWEST * Math.pow(FASTEST / SLOWEST, random.nextDouble());
    }

    /** The keyword as an order, a statement, a call, a question, or after other words. */
    private static String text(Phrase phrase, int take, boolean validation, SplitMix random) {
        if (!validation && random.nextDouble() < CARRIED) {
            return word(random) + " " + word(random) + ", " + phrase.text() + ".";
        }
        return phrase.text() + List.of(".", "!", "", "?").get(take % 4);
    }

    private static String word(SplitMix random) {
        return CommonWords.ALL.get(random.nextInt(CommonWords.ALL.size()));
    }

    private static List<String> sentences(int count) {
        var sentences = new ArrayList<String>();
        for (int s = 0; s < count; s++) {
            var random = new SplitMix(PURPOSE, s);
            var words = new ArrayList<String>();
            for (int w = 0; w < WORDS_IN_A_SENTENCE; w++) {
                words.add(word(random));
            }
            sentences.add(String.join(" ", words) + ".");
        }
        return sentences;
    }

    /** Voices take turns with texts; cheap voices speak sentences, which are long. */
    private static void spoken(
            String folder, List<String> texts, List<Voice> voices, boolean validation, int count, List<Example> into) {
        if (texts.isEmpty()) {
            return;
        }
        List<Voice> cheap =
                voices.stream().filter(v -> !v.engine().equals("kokoro")).toList();
        List<Voice> speakers = folder.equals(SENTENCES) && !cheap.isEmpty() ? cheap : voices;
        int[] order = new SplitMix(PURPOSE, folder.hashCode()).permutation(speakers.size());
        for (int i = 0; i < count; i++) {
            Voice voice = speakers.get(order[i % order.length]);
            var random = new SplitMix(PURPOSE, folder.hashCode(), i, validation ? 1 : 0);
            int text = validation ? texts.size() - 1 - i % texts.size() : i % texts.size();
            into.add(new Example(folder, i / order.length, voice, speed(random), texts.get(text), validation));
        }
    }
}
