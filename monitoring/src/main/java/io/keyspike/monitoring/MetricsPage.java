package io.keyspike.monitoring;

import java.util.Locale;
import java.util.stream.Collectors;

/** The text of {@code docs/metrics.md}, made from {@link MeterCatalogue}. */
final class MetricsPage {

    private static final String HEAD = """
        # Metrics

        Generated from `MeterCatalogue`; do not edit. `mvn -pl monitoring -am test -Dkeyspike.docs.write=true -Dtest=MetricsPageTest \
        -Dsurefire.failIfNoSpecifiedTests=false` regenerates it.

        `/metrics` serves Prometheus' text format and `/health` a JSON object, with status 200 while the service works \
        and 503 when it does not. Both listen on 127.0.0.1 unless told otherwise. In addition to the meters below there are \
        Micrometer's own for the JVM (`jvm_*`, `process_*`, `system_*`) and, while the stream runs, Kafka's (`kafka_*`).

        No meter has a series per device. A device group is a group named in the device settings, `default` \
        for devices without one. The last column is the maximum number of series of a meter at any one time \
        (a histogram with all its buckets counts as one).

        | Prometheus | Micrometer | Kind | Unit | Tags | Meaning | Series |
        |---|---|---|---|---|---|---|
        """;

    private static final String TAIL = """

        ## Definitions

        **Buckets.** `keyspike_keyword_score_percent`, `keyspike_frame_latency_seconds` and \
        `keyspike_event_latency_seconds` are histograms with fixed buckets: `…_bucket{le="…"}`, `…_sum`, `…_count`. The 95th percentile of the latency over five minutes:

            histogram_quantile(0.95, sum by (le) (rate(keyspike_event_latency_seconds_bucket[5m])))

        **Firing rate** of a layer = spikes / (time steps · neurons), summed over the streams of a group and the last ten seconds of \
        the clock (sampled once a second, so ten to eleven). It is 0 if there were no steps. For any other time range \
        divide the rate of `keyspike_spikes_total` by that of `keyspike_audio_seconds_total`, which gives spikes per second \
        of audio, and divide that by the layer's neurons and the time steps per second.

        **Chip power** is an estimate for one chip that listens to one stream:

            P = static watts per neuron · neurons + joules per spike · spikes per second of audio

        Both constants come from the chip profile inside the model file. Spikes and audio are summed over all streams and \
        the same ten seconds, so the result is the mean over streams, weighted by their audio; it does not depend on how \
        fast the audio is processed, and a replay shows what a chip in real time would draw. The static part is drawn \
        whether or not there is sound. Fleet power is this times the number of active streams.

        **Energy per second of audio**, in joules, over any time range:

            rate(keyspike_chip_energy_joules_total[5m]) / rate(keyspike_audio_seconds_total[5m])

        The vendor's constants are not public: the profile is a behavioural model that fits one published example, so \
        compare models with these figures, and do not plan batteries with them.

        **Energy per inference** is chip power (static and dynamic) times the audio length of one inference, as in \
        `evaluate` and `chip power`.

        **A model swap** starts new windows for firing rates and power and removes the series of layers that the new \
        model does not have, unless devices are pinned to the old one. Counters continue.

        **Cost.** Per-frame counters have a single writer and are summed when they are read; \
        [benchmarks.md](benchmarks.md) has the share of a frame's time that it takes.
        """;

    private MetricsPage() {}

    /** The page's whole text. */
    static String text() {
        var rows = new StringBuilder();
        for (MeterCatalogue m : MeterCatalogue.values()) {
            rows.append("| `%s` | `%s` | %s | %s | %s | %s | %d |\n"
                    .formatted(
                            m.prometheusName(),
                            m.meterName(),
                            m.kind().name().toLowerCase(Locale.ROOT),
                            m.unit().isEmpty() ? "–" : m.unit(),
                            m.tags().isEmpty()
                                    ? "–"
                                    : m.tags().stream().map(t -> "`" + t + "`").collect(Collectors.joining(", ")),
                            m.description(),
                            m.maximumSeries()));
        }
        return HEAD + rows + TAIL;
    }
}
