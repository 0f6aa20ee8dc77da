package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.hearing.StreamWatch;
import io.keyspike.app.kafka.SharedBroker;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.StepObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {

    /** Longer than any test may take: a warm-up that does not end by itself fails by the test's own limit. */
    private static final Duration LONG = Duration.ofHours(1);

    private final KeywordSpotter active = TestModels.spotter("first", 1);
    private final KeywordSpotter shadow = TestModels.spotter("second", 2);
    private final Devices devices = new Devices();

    @TempDir
    Path stateDir;

    @TempDir
    Path temporary;

    /** Records what it is asked. */
    private final class Devices implements SpotterProvider {
        private final Set<String> names = ConcurrentHashMap.newKeySet();
        private final AtomicInteger frames = new AtomicInteger();

        @Override
        public KeywordSpotter current() {
            return active;
        }

        @Override
        public KeywordSpotter forDevice(String device) {
            names.add(device);
            frames.incrementAndGet();
            return active;
        }

        @Override
        public @Nullable KeywordSpotter shadow() {
            return shadow;
        }

        @Override
        public @Nullable KeywordSpotter ofVersion(String version) {
            return null;
        }
    }

    /** Counts what the service would show on its page. */
    private static final class Events implements StreamWatch {
        private final AtomicInteger heard = new AtomicInteger();

        @Override
        public @Nullable StepObserver frame(String device, KeywordSpotter spotter, short[] samples) {
            return null;
        }

        @Override
        public void heard(KeywordEvent event) {
            heard.incrementAndGet();
        }
    }

    @BeforeEach
    void emptyTopics() throws Exception {
        SharedBroker.reset();
    }

    private ServiceConfig config(Duration warmUp) {
        return ServiceConfig.at(SharedBroker.address())
                .withStateDir(stateDir)
                .withThreads(1)
                .withWarmUp(warmUp);
    }

    private WarmUp.Outcome run(
            ServiceConfig config, SpotterProvider spotters, StreamWatch watch, BooleanSupplier wanted)
            throws InterruptedException {
        return WarmUp.run(config, spotters, watch, wanted, temporary);
    }

    @Test
    void shouldRunFramesEventsAndCommitsAndLeaveNothingBehind() throws Exception {
        var watch = new Events();

        WarmUp.Outcome outcome = run(
                config(LONG),
                devices,
                watch,
                () -> devices.frames.get() < 20 * WarmUpLoad.DEVICES || watch.heard.get() == 0);

        assertThat(outcome.frames()).isGreaterThanOrEqualTo(20 * WarmUpLoad.DEVICES);
        assertThat(devices.names).hasSize(WarmUpLoad.DEVICES).allMatch(name -> name.startsWith("warm-up-"));
        try (Admin admin = Topics.admin(config(LONG).clientSettings())) {
            assertThat(admin.listTopics().names().get(1, TimeUnit.MINUTES))
                    .noneMatch(name -> name.contains("warm-up"))
                    .containsAll(Topics.ALL);
            assertThat(admin.listGroups().all().get(1, TimeUnit.MINUTES))
                    .noneMatch(group -> group.groupId().contains("warm-up"));
            for (String topic : Topics.ALL) {
                var first = new TopicPartition(topic, 0);
                assertThat(admin.listOffsets(Map.of(first, OffsetSpec.latest()))
                                .partitionResult(first)
                                .get(1, TimeUnit.MINUTES)
                                .offset())
                        .as(topic)
                        .isZero();
            }
        }
        assertThat(stateDir).isEmptyDirectory();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void shouldNotRunForZeroSeconds() throws Exception {
        WarmUp.Outcome outcome = run(config(Duration.ZERO), devices, StreamWatch.NOBODY, () -> true);

        assertThat(outcome.frames()).isZero();
        assertThat(outcome.settled()).isFalse();
        assertThat(devices.names).isEmpty();
        assertThatThrownBy(() -> config(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--warm-up");
    }

    @Test
    void shouldEndByItselfWhenItsTimeIsOver() throws Exception {
        WarmUp.Outcome outcome = run(config(Duration.ofMillis(1)), devices, StreamWatch.NOBODY, () -> true);

        assertThat(outcome.settled()).isFalse();
        assertThat(outcome.took()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    @Tag("slow")
    void shouldEndByItselfWhenTheCompilerIsDone() throws Exception {
        WarmUp.Outcome outcome = run(config(Duration.ofMinutes(5)), devices, StreamWatch.NOBODY, () -> true);

        assertThat(outcome.settled()).isTrue();
        assertThat(outcome.frames()).isPositive();
    }

    @Test
    void shouldEndWhenTheServiceIsToldToStop() throws Exception {
        assertThat(run(config(LONG), devices, StreamWatch.NOBODY, () -> false).frames())
                .isZero();
    }

    @Test
    void shouldLetTheServiceStartColdIfItFails() throws Exception {
        SpotterProvider failing = new SpotterProvider() {
            @Override
            public KeywordSpotter current() {
                throw new IllegalStateException("no model");
            }

            @Override
            public @Nullable KeywordSpotter ofVersion(String version) {
                return null;
            }
        };

        WarmUp.Outcome outcome = run(config(LONG), failing, StreamWatch.NOBODY, () -> true);

        assertThat(outcome.settled()).isFalse();
        assertThat(temporary).isEmptyDirectory();
    }
}
