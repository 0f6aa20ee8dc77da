package io.keyspike.app.kafka.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.kafka.device.FrameOrder.Verdict;
import io.keyspike.audio.AudioFrame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameOrderTest {

    private final FrameOrder order = new FrameOrder();
    private final List<Long> released = new ArrayList<>();
    private final List<Long> missing = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldReleaseEachFrameOnceInOrderWhenDisplacedWithinTheWindow(long seed) {
        var random = new Random(seed);
        List<Long> arrivals = new ArrayList<>(LongStream.range(0, 500).boxed().toList());
        // Sorting by place plus less than half a window of jitter displaces no frame by a whole window.
        double[] key = arrivals.stream()
                .mapToDouble(s -> s + random.nextDouble() * (FrameOrder.WINDOW_FRAMES - 1))
                .toArray();
        arrivals.sort(Comparator.comparingDouble(s -> key[s.intValue()]));
        int repeated = 0;
        for (long sequence : arrivals) {
            assertThat(offer(sequence)).isEqualTo(Verdict.ACCEPTED);
            if (random.nextInt(4) == 0) {
                repeated++;
                assertThat(offer(sequence)).isEqualTo(Verdict.DUPLICATE);
            }
        }

        assertThat(repeated).isPositive();
        assertThat(released).isEqualTo(LongStream.range(0, 500).boxed().toList());
        assertThat(missing).isEmpty();
    }

    @Test
    void shouldGiveUpAFrameOnceAWholeWindowHasPassedIt() {
        for (long sequence : List.of(0L, 2L, 3L, 4L, 5L, 6L, 7L, 8L)) {
            offer(sequence);
        }
        assertThat(released).containsExactly(0L);
        offer(9);

        assertThat(released).containsExactly(0L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(missing).containsExactly(1L);
        assertThat(offer(1)).isEqualTo(Verdict.LATE);
        assertThat(offer(2)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void shouldBridgeALongGapInOnePiece() {
        offer(0);
        for (long sequence = 1_000; sequence < 1_008; sequence++) {
            offer(sequence);
        }

        assertThat(released).startsWith(0L, 1_000L).hasSize(9);
        assertThat(missing).containsExactly(999L);
    }

    @Test
    void shouldWaitForFewerFramesWhenFramesAreLong() {
        offer(frame(0, 4_000));
        offer(frame(2, 4_000));
        assertThat(released).containsExactly(0L);
        offer(frame(3, 4_000));

        // Half a second is two frames of 250 ms.
        assertThat(released).containsExactly(0L, 2L, 3L);
    }

    @Test
    void shouldReleaseWhatItHoldsWhenTheSessionEnds() {
        offer(0);
        offer(3);
        offer(5);
        drain(true);

        assertThat(released).containsExactly(0L, 3L, 5L);
        assertThat(missing).containsExactly(2L, 1L);
    }

    private Verdict offer(long sequence) {
        return offer(frame(sequence, 320));
    }

    private Verdict offer(AudioFrame frame) {
        Verdict verdict = order.offer(frame);
        drain(false);
        return verdict;
    }

    private void drain(boolean ended) {
        AudioFrame next;
        while ((next = order.release(ended)) != null) {
            released.add(next.sequence());
            long gap = order.takeGivenUp();
            if (gap > 0) {
                missing.add(gap);
            }
        }
    }

    private static AudioFrame frame(long sequence, int samples) {
        return new AudioFrame(16_000, 1, sequence, 0, new short[samples]);
    }
}
