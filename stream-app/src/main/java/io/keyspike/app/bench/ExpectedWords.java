package io.keyspike.app.bench;

import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.SpotterState;
import java.util.Map;
import java.util.stream.IntStream;

/** The words detected in the devices' audio without Kafka, for comparison with a service's detections. */
final class ExpectedWords {

    /**
     * How a service's detections differ from the expected ones.
     *
     * @param expected words in the audio
     * @param lost expected words that the service did not detect
     * @param doubled duplicate events of a word
     * @param madeUp spurious events, not among the expected words
     */
    record Comparison(long expected, long lost, long doubled, long madeUp) {

        static final Comparison NOTHING = new Comparison(0, 0, 0, 0);

        Comparison and(Comparison other) {
            return new Comparison(
                    expected + other.expected, lost + other.lost, doubled + other.doubled, madeUp + other.madeUp);
        }
    }

    private final KeywordSpotter spotter;
    private final LoopedSound sound;

    ExpectedWords(KeywordSpotter spotter, LoopedSound sound) {
        this.spotter = spotter;
        this.sound = sound;
    }

    /**
     * @param devices that sent, numbered from 0
     * @param sentByAll frames, of one device after the other
     * @param heard events of each word
     */
    Comparison compare(int devices, long sentByAll, Map<HeardWord, Integer> heard) {
        Comparison ofSent = IntStream.range(0, devices)
                .parallel()
                .mapToObj(device -> ofDevice(device, (sentByAll - device + devices - 1) / devices, heard))
                .reduce(Comparison.NOTHING, Comparison::and);
        long events = heard.values().stream().mapToLong(Integer::longValue).sum();
        long found = ofSent.expected() - ofSent.lost() + ofSent.doubled();
        return ofSent.and(new Comparison(0, 0, 0, events - found));
    }

    private Comparison ofDevice(int device, long frames, Map<HeardWord, Integer> heard) {
        SpotterState state = spotter.newState();
        var words = new long[3];
        for (long sequence = 0; sequence < frames; sequence++) {
            short[] frame = sound.frame(device, sequence);
            spotter.process(state, frame, 0, frame.length, detection -> {
                int events =
                        heard.getOrDefault(new HeardWord(device, detection.samplePosition(), detection.keyword()), 0);
                words[0]++;
                words[1] += events == 0 ? 1 : 0;
                words[2] += Math.max(0, events - 1);
            });
        }
        return new Comparison(words[0], words[1], words[2], 0);
    }
}
