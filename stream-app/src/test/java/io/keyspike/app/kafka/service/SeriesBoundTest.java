package io.keyspike.app.kafka.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.hearing.FrameMetrics;
import io.keyspike.app.kafka.TestModels;
import io.keyspike.app.kafka.device.ActiveStreams;
import io.keyspike.app.kafka.device.HearingSettings;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.audio.AudioFrame;
import io.keyspike.audio.FrameCodec;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.KeyspikeMeters;
import io.keyspike.monitoring.MeterCatalogue;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand devices, each in a group of its own, some with a broken frame: the monitoring does not grow with them. */
@Tag("slow")
class SeriesBoundTest {

    private static final int DEVICES = 10_000;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final KeyspikeMeters meters = new KeyspikeMeters(registry, Clock.SYSTEM);
    private final KeywordSpotter spotter = TestModels.spotter("first", 1);
    private final short[] sound = TestModels.sound(7, TestModels.FRAME);

    @Test
    void shouldNotGrowWithTheNumberOfDevices(@TempDir Path folder) {
        SpotterProvider spotters = new SpotterProvider() {
            @Override
            public KeywordSpotter current() {
                return spotter;
            }

            @Override
            public @Nullable KeywordSpotter ofVersion(String version) {
                return spotter;
            }

            @Override
            public String group(String device) {
                return "group of " + device;
            }
        };
        var settings = ServiceConfig.at("none:1").streamsSettings(folder, "test", 1);
        settings.put(DeadLetterHandlers.METERS, meters);
        meters.model(FrameMetrics.facts(spotter));
        try (var driver = new TopologyTestDriver(
                KeywordTopology.build(
                        spotters, meters, new ActiveStreams(), HearingSettings.DEFAULT, null, InstantSource.system()),
                settings)) {
            TestInputTopic<byte[], byte[]> frames =
                    driver.createInputTopic(Topics.AUDIO_FRAMES, new ByteArraySerializer(), new ByteArraySerializer());
            for (int device = 0; device < DEVICES; device++) {
                byte[] key = ("device-" + device).getBytes(StandardCharsets.UTF_8);
                for (int i : new int[] {0, 0}) {
                    frames.pipeInput(key, frame(device, i));
                }
                if (device % 100 == 0) {
                    frames.pipeInput(key, new byte[] {(byte) device});
                }
            }
            String scraped = registry.scrape();

            assertThat(scraped)
                    .contains("keyspike_frames_total " + (double) DEVICES)
                    .doesNotContain("device-" + DEVICES / 2);
            assertThat(registry.get("keyspike.firing.rate")
                            .tag("group", "other")
                            .gauges())
                    .isNotEmpty();
            for (MeterCatalogue listed : MeterCatalogue.values()) {
                assertThat(registry.find(listed.meterName()).meters())
                        .as(listed.meterName())
                        .hasSizeLessThanOrEqualTo(listed.maximumSeries());
            }
            long most = Arrays.stream(MeterCatalogue.values())
                    .mapToLong(MeterCatalogue::maximumSeries)
                    .sum();
            assertThat(registry.getMeters()).hasSizeLessThan(Math.toIntExact(most));
        }
    }

    private byte[] frame(long session, int sequence) {
        short[] samples = Arrays.copyOfRange(sound, sequence * TestModels.FRAME, (sequence + 1) * TestModels.FRAME);
        return FrameCodec.encode(new AudioFrame(TestModels.RATE_HZ, session, sequence, 0, samples));
    }
}
