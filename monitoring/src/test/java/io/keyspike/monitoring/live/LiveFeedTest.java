package io.keyspike.monitoring.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveFeedTest {

    private static final StreamFacts FACTS = new StreamFacts(
            "m@1",
            16_000,
            0.01,
            new StreamFacts.Channels("Filterbank", -100, List.of(100.0, 200.0, 400.0)),
            List.of(new StreamFacts.Layer("hidden", 10, 1e-9), new StreamFacts.Layer("out", 2, 1e-9)),
            List.of("yes", "no"),
            Map.of("yes", 0.5f),
            1e-6);

    private final LiveFeed feed = new LiveFeed();

    @Test
    void shouldTellAViewerWhatAStreamDid() throws Exception {
        Viewer viewer = open("a");
        play("a", 5);
        List<String> events = drain(viewer);

        assertThat(events).hasSize(3);
        assertThat(events.get(0)).startsWith("event: earlier\n");
        assertThat(json(events.get(1)).path("layers").path(0).path("neurons").asInt())
                .isEqualTo(10);
        JsonNode slice = json(events.get(2));
        assertThat(slice.path("steps").asInt()).isEqualTo(5);
        assertThat(slice.path("position").asLong()).isEqualTo(5 * 160);
        byte[] spikes = Base64.getDecoder().decode(slice.path("spikes").path(0).asText());
        assertThat(spikes).as("two bytes for each step: neurons 1 and 9").hasSize(10);
        assertThat(spikes[0]).isEqualTo((byte) 2);
        assertThat(spikes[1]).isEqualTo((byte) 2);
        byte[] scores = Base64.getDecoder().decode(slice.path("scores").asText());
        assertThat(scores).hasSize(10).startsWith((byte) 128, (byte) 0);
        assertThat(Base64.getDecoder().decode(slice.path("wave").asText())).hasSize(2 * 12);
        assertThat(slice.path("outputs").path(0).asDouble()).isEqualTo(5);
    }

    @Test
    void shouldCountASecondsSpikesAndPower() throws Exception {
        Viewer viewer = open("a");
        play("a", 100);
        JsonNode second = json(drain(viewer).stream()
                .filter(event -> event.startsWith("event: second"))
                .findFirst()
                .orElseThrow());
        assertThat(second.path("rates").path(0).asDouble()).isEqualTo(2 * 100 / 10.0);
        assertThat(second.path("staticWatts").asDouble()).isEqualTo(1e-6);
        assertThat(second.path("dynamicWatts").asDouble()).isCloseTo(200e-9, offset(1e-15));
    }

    @Test
    void shouldShowALaterViewerWhatWasBefore() throws Exception {
        feed.keep("a");
        play("a", 400);
        List<String> events = drain(open("a"));
        assertThat(events.stream().filter(event -> event.startsWith("event: slice")))
                .hasSize(80);
        assertThat(json(events.get(1)).path("seconds")).hasSize(4);
    }

    @Test
    void shouldCostNothingForADeviceThatNobodyWatches() {
        Viewer viewer = open("a");
        assertThat(feed.tap("b")).isNull();
        assertThat(feed.tap("a")).isNotNull();
        feed.close(viewer);
        assertThat(feed.tap("a")).isNull();
    }

    @Test
    void shouldDropForASlowViewerAloneAndTellItHowMuch() throws Exception {
        Viewer slow = open("a");
        Viewer quick = open("a");
        List<String> seen = new ArrayList<>(drain(quick));
        for (int i = 0; i < 300; i++) {
            play("a", 5);
            seen.addAll(drain(quick));
        }
        int lost = (int) slow.dropped();

        assertThat(seen.stream().filter(event -> event.startsWith("event: slice")))
                .hasSize(300);
        assertThat(quick.dropped()).isZero();
        assertThat(slow.waiting()).isEqualTo(Viewer.QUEUE);
        List<String> late = drain(slow);
        assertThat(late).hasSize(Viewer.QUEUE + 1);
        assertThat(json(late.getLast()).path("messages").asInt())
                .isEqualTo(lost)
                .isPositive();
        assertThat(slow.dropped()).isZero();
    }

    /** Twenty browsers of which one never reads, a thousand devices: no frame waits. */
    @Test
    void shouldKeepAThousandDevicesAndTwentyViewersApart() throws Exception {
        List<Viewer> viewers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            viewers.add(open("device-" + 50 * i));
        }
        var stuck = new CountDownLatch(1);
        List<Thread> readers = new ArrayList<>();
        List<ByteArrayOutputStream> outs = new ArrayList<>();
        for (Viewer viewer : viewers) {
            var out = new ByteArrayOutputStream();
            outs.add(out);
            boolean never = readers.isEmpty();
            readers.add(Thread.ofVirtual().start(() -> read(viewer, out, never ? stuck : new CountDownLatch(0))));
        }
        for (int round = 0; round < 200; round++) {
            for (int device = 0; device < 1_000; device++) {
                Tap tap = feed.tap("device-" + device);
                assertThat(tap != null).isEqualTo(device % 50 == 0);
                if (tap != null) {
                    play("device-" + device, 5);
                }
            }
            // However busy the machine is, a reader has its time between two frames.
            for (int i = 1; i < 20; i++) {
                awaitWaiting(viewers.get(i), Viewer.QUEUE / 2);
            }
        }
        assertThat(viewers.getFirst().dropped()).isPositive();
        for (int i = 1; i < 20; i++) {
            Viewer viewer = viewers.get(i);
            awaitWaiting(viewer, 0);
            assertThat(viewer.dropped()).isZero();
        }
        readers.forEach(Thread::interrupt);
        stuck.countDown();
        for (int i = 0; i < 20; i++) {
            assertThat(readers.get(i).join(Duration.ofSeconds(30))).isTrue();
        }
        for (int i = 1; i < 20; i++) {
            assertThat(outs.get(i).toString(StandardCharsets.UTF_8))
                    .contains("\"device\":\"device-" + 50 * i + "\"")
                    .doesNotContain("\"device\":\"device-" + (50 * i - 50) + "\"");
        }
    }

    @Test
    void shouldNotLetANameForgeAnEvent() throws Exception {
        Viewer viewer = open("a");
        feed.keyword(new KeywordNote(
                "1", "x\n\nevent: forged\ndata: {}", "<b>yes</b>", 0.5f, 3, "m@1", Instant.EPOCH, 0, false));
        String event = drain(viewer).getLast();
        assertThat(event).startsWith("event: keyword\ndata: {");
        assertThat(event.lines().filter(line -> line.startsWith("event:"))).hasSize(1);
        assertThat(json(event).path("device").asText()).startsWith("x\n\nevent: forged");
    }

    @Test
    void shouldRefuseMoreViewersThanItHolds() {
        for (int i = 0; i < LiveFeed.MAXIMUM_VIEWERS; i++) {
            open("a");
        }
        assertThat(feed.open("a")).isNull();
    }

    private Viewer open(String device) {
        return Objects.requireNonNull(feed.open(device));
    }

    private void play(String device, int steps) {
        Tap tap = Objects.requireNonNull(feed.tap(device));
        for (int i = 0; i < steps; i++) {
            tap.begin(FACTS, new short[160], 0, 160);
            tap.fired(0, new int[] {1, 9, 0}, 2);
            tap.step(new float[] {0, 0.5f, 1}, new float[] {1, 0}, new float[] {0.5f, 0}, -20, 160L * (i + 1));
        }
    }

    private static void read(Viewer viewer, OutputStream out, CountDownLatch begin) {
        try {
            begin.await();
            viewer.sendTo(out);
        } catch (IOException | InterruptedException e) {
            // the end
        }
    }

    private static void awaitWaiting(Viewer viewer, int most) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (viewer.waiting() > most && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** All that waits for a viewer, an event each. */
    private static List<String> drain(Viewer viewer) throws Exception {
        var out = new ByteArrayOutputStream();
        Thread reader = Thread.ofVirtual().start(() -> read(viewer, out, new CountDownLatch(0)));
        awaitWaiting(viewer, 0);
        // It waits for more only when what it took last is written.
        while (reader.getState() != Thread.State.TIMED_WAITING) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        reader.interrupt();
        reader.join();
        List<String> events = new ArrayList<>();
        for (String event : out.toString(StandardCharsets.UTF_8).split("\n\n", -1)) {
            if (!event.isEmpty()) {
                events.add(event);
            }
        }
        return events;
    }

    private static JsonNode json(String event) throws IOException {
        return new ObjectMapper().readTree(event.substring(event.indexOf("data: ") + 6));
    }
}
