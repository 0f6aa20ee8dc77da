package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.DeviceExpiry;
import io.keyspike.app.kafka.device.DeviceState;
import io.keyspike.app.kafka.device.GapPolicy;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.device.SavedDevice;
import io.keyspike.models.decision.Detection;
import io.keyspike.models.spotter.SpotterState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gaps, restarts and silence: what becomes of a device over time. */
class DeviceLifeTest {

    private static final int FRAME = TestModels.FRAME;
    private static final int FRAMES = 100;
    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final String SESSION_1 = "kitchen/0000000000000001";

    @TempDir
    Path folder;

    private TopologyRig rig;

    @BeforeEach
    void start() {
        rig = new TopologyRig(folder, new HearingSettings(new GapPolicy(Duration.ofMillis(60)), EXPIRY));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @ParameterizedTest(name = "{0} frames of 20 ms missing: {1}")
    @CsvSource({"1, bridged", "3, bridged", "4, reset", "30, reset"})
    void shouldBridgeAGapUpToTheLimitAndBeginAfreshBehindALongerOne(int missing, String outcome) throws Exception {
        rig.send("kitchen", 1, 0, 40);
        rig.send("kitchen", 1, 40 + missing, FRAMES);

        SpotterState state = rig.spotter.newState();
        var expected = new ArrayList<Detection>();
        rig.spotter.process(state, rig.sound, 0, 40 * FRAME, expected::add);
        if (outcome.equals("bridged")) {
            rig.spotter.process(state, new short[missing * FRAME], 0, missing * FRAME, expected::add);
        } else {
            state.bridgeGap((long) missing * FRAME);
        }
        rig.spotter.process(state, rig.sound, (40 + missing) * FRAME, FRAMES * FRAME, expected::add);
        assertThat(rig.ids()).isEqualTo(TopologyRig.ids(SESSION_1, expected)).isNotEmpty();
        assertThat(rig.count("keyspike.gaps", "outcome", outcome)).isEqualTo(1);
        assertThat(rig.count("keyspike.gaps", "outcome", outcome.equals("reset") ? "bridged" : "reset"))
                .isZero();
    }

    @Test
    void shouldRefuseAGapPolicyThatWouldCostSecondsOfSilence() {
        assertThatThrownBy(() -> new GapPolicy(Duration.ofSeconds(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gap policy: expected to bridge 0 to 2000 ms, found 3000");
        assertThatThrownBy(() -> new GapPolicy(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldHearADeviceThatCountsAnewInTheSameSessionAndKeepItsEventsApart() throws Exception {
        rig.send("kitchen", 1, 0, 50);
        // Captured after everything before, so these are no repetitions; a straggler from before comes between.
        for (int i = 0; i < 50; i++) {
            rig.send("kitchen", 1, i, i, 3_600_000_000L);
            if (i == 5) {
                rig.send("kitchen", 1, 50, 50, 0);
            }
        }

        List<Detection> heard = hear(0, 50);
        var expected = new ArrayList<>(TopologyRig.ids(SESSION_1, heard));
        expected.addAll(TopologyRig.ids(SESSION_1 + "-1", heard));
        assertThat(rig.ids()).isEqualTo(expected).isNotEmpty();
        assertThat(rig.count("keyspike.device.restarts")).isEqualTo(1);
        assertThat(rig.count("keyspike.dropped.frames", "reason", "late")).isEqualTo(1);
        assertThat(rig.saved("kitchen").restarts()).isEqualTo(1);
    }

    @Test
    void shouldDropAWholeSessionThatIsSentAgain() throws Exception {
        rig.send("kitchen", 1, 0, FRAMES);
        List<String> once = rig.ids();
        rig.send("kitchen", 1, 0, FRAMES);

        assertThat(once).isEqualTo(TopologyRig.ids(SESSION_1, hear(0, FRAMES)));
        assertThat(rig.ids()).isEmpty();
        assertThat(rig.count("keyspike.device.restarts")).isZero();
        assertThat(rig.count("keyspike.dropped.frames", "reason", "late")
                        + rig.count("keyspike.dropped.frames", "reason", "duplicate"))
                .isEqualTo(FRAMES);
    }

    @Test
    void shouldHearADeviceAgainAfterANumberFarTooHigh() throws Exception {
        rig.send("kitchen", 1, 0, 20);
        // A flipped bit in the number, not in the time.
        rig.send("kitchen", 1, 1 << 30, 20, -(1L << 30) * 20_000L + 20 * 20_000L);
        rig.send("kitchen", 1, 20, FRAMES);

        assertThat(rig.ids()).hasSizeGreaterThan(hear(0, 20).size());
        assertThat(rig.count("keyspike.device.restarts")).isEqualTo(1);
        assertThat(rig.saved("kitchen").next()).isEqualTo(FRAMES);
    }

    @Test
    void shouldForgetADeviceThatIsSilentForLongAndHearItAfreshWhenItComesBack() throws Exception {
        rig.send("kitchen", 1, 0, 50);
        rig.ids();
        rig.pass(EXPIRY.minusSeconds(60));
        rig.send("hallway", 1, 0, 1);
        assertThat(rig.knows("kitchen")).isTrue();
        rig.changelog();
        rig.pass(Duration.ofSeconds(60));

        assertThat(rig.knows("kitchen")).isFalse();
        assertThat(rig.knows("hallway")).isTrue();
        assertThat(rig.count("keyspike.expired.devices")).isEqualTo(1);
        rig.pass(DeviceExpiry.INTERVAL);
        assertThat(rig.changelog()).anySatisfy(record -> {
            assertThat(record.key).isEqualTo("kitchen");
            assertThat(record.value).isNull();
        });

        // The same session goes on: what it lacks at its start is no gap, and its events have the ids they would have
        // had.
        rig.send("kitchen", 1, 50, FRAMES);
        SpotterState state = rig.spotter.newState();
        state.bridgeGap(50 * FRAME);
        var expected = new ArrayList<Detection>();
        rig.spotter.process(state, rig.sound, 50 * FRAME, FRAMES * FRAME, expected::add);
        assertThat(rig.ids()).isEqualTo(TopologyRig.ids(SESSION_1, expected)).isNotEmpty();
    }

    @Test
    void shouldNeitherForgetEarlyNorKeepForEverWhenTheClockIsSetBack() {
        rig.send("kitchen", 1, 0, 10);
        rig.setClockBack(Duration.ofDays(1));
        rig.pass(DeviceExpiry.INTERVAL);

        rig.pass(EXPIRY.minusSeconds(60));
        assertThat(rig.knows("kitchen")).isTrue();
        rig.pass(Duration.ofSeconds(60));
        assertThat(rig.knows("kitchen")).isFalse();
    }

    @Test
    void shouldLookAtABoundedNumberOfDevicesAtATimeAndAtAllInTheEnd() {
        int devices = 2 * DeviceExpiry.BATCH + 500;
        for (int d = 0; d < devices; d++) {
            rig.send("device-" + d, 1, 0, 1);
        }
        rig.pass(EXPIRY);
        // One step of the mock clock is one sweep, however far it goes.
        assertThat(rig.count("keyspike.expired.devices")).isEqualTo(DeviceExpiry.BATCH);
        rig.pass(DeviceExpiry.INTERVAL);
        assertThat(rig.count("keyspike.expired.devices")).isEqualTo(2.0 * DeviceExpiry.BATCH);
        rig.pass(DeviceExpiry.INTERVAL);
        assertThat(rig.count("keyspike.expired.devices")).isEqualTo(devices);
    }

    @Test
    void shouldRememberTheLastEventsAndRatesOfADevice() throws Exception {
        rig.send("kitchen", 1, 0, FRAMES);

        List<Detection> heard = hear(0, FRAMES);
        SavedDevice saved = rig.saved("kitchen");
        assertThat(saved.recent().stream().map(DeviceState.Heard::samplePosition))
                .isEqualTo(heard.subList(heard.size() - DeviceState.RECENT_EVENTS, heard.size()).stream()
                        .map(Detection::samplePosition)
                        .toList());
        assertThat(saved.rates()).hasSize(2);
        assertThat(saved.rates()[0]).isBetween(0.001f, 1f);
        assertThat(saved.newestCaptureMicros()).isEqualTo(TopologyRig.CAPTURED + (FRAMES - 1) * 20_000L);
    }

    private List<Detection> hear(int from, int to) {
        var heard = new ArrayList<Detection>();
        rig.spotter.process(rig.spotter.newState(), rig.sound, from * FRAME, to * FRAME, heard::add);
        return heard;
    }
}
