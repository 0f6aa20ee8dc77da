package io.keyspike.app.cli.demo;

import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.cli.shared.Logging;
import io.keyspike.app.cli.shared.MeterOptions;
import io.keyspike.app.cli.shared.PageOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.WordComparison;
import io.keyspike.app.cli.stream.ServiceMonitor;
import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.hearing.Sensitivity;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.device.RegisteredSpotters;
import io.keyspike.app.kafka.device.TunedSpotters;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.wire.FramePublisher;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.app.live.AdjustedSpotters;
import io.keyspike.app.live.LiveStreams;
import io.keyspike.app.live.OtherDevices;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.monitoring.http.HttpService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run of the demo: a broker, the service, devices that send sentences and a reader of the resulting events, all in one
 * process and otherwise as in production.
 *
 * @param sentences the sentences to send
 * @param models file of each model, by name
 * @param realTime whether audio is sent in real time
 * @param http where it answers over HTTP
 * @param page what the live page may record
 * @param meters where metrics are exported to
 * @param say receives lines of progress, from any thread
 * @param ended receives the report, while the page is still served
 */
record DemoRun(
        List<DemoSentence> sentences,
        Map<String, Path> models,
        boolean realTime,
        HttpOptions http,
        PageOptions page,
        MeterOptions meters,
        Sensitivity sensitivity,
        StopSignal running,
        Consumer<String> say,
        Consumer<DemoReport> ended) {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    /** Time for pending events to arrive after everything has been sent. */
    private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(60);

    private static final int LOOK_MILLIS = 20;

    /** @return the result, or null if interrupted */
    @Nullable
    DemoReport run() throws Exception {
        long startNanos = System.nanoTime();
        StepKernels kernels = Backends.preferredSteps();
        Logging.quietEvents(); // the demo reports events itself
        say.accept("starting a Kafka broker in this process");
        try (var folder = new TemporaryFolder("keyspike-demo-");
                var broker = EmbeddedBroker.start();
                var monitor = new ServiceMonitor(meters.otlp());
                var registry = ModelRegistry.open(
                        folder.path().resolve("models"), kernels, false, event -> monitor.changed(event))) {
            for (Map.Entry<String, Path> model : models.entrySet()) {
                registry.add(model.getValue(), model.getKey());
            }
            registry.use(sentences.getFirst().model());
            monitor.follow(registry::current);
            ServiceConfig config = ServiceConfig.at(broker.bootstrapServers())
                    .withStateDir(folder.path().resolve("state"))
                    .withStandbyReplicas(0);
            Topics.create(config.clientSettings(), Topics.DEFAULT_PARTITIONS);
            var spotters =
                    new AdjustedSpotters(new TunedSpotters(sensitivity).over(RegisteredSpotters.of(registry, kernels)));
            LiveStreams live = page.streams();
            try (var studio = page.studio(registry);
                    var service = KeywordService.start(config, spotters, monitor.meters(), live);
                    var events = new DemoEvents(broker.bootstrapServers(), this::print);
                    var publisher = new FramePublisher(broker.bootstrapServers(), Map.of())) {
                monitor.watch(service.streams());
                service.awaitRunning(START_LIMIT);
                say.accept(String.format(
                        Locale.ROOT,
                        "ready after %.1f s: Kafka at %s",
                        secondsSince(startNanos),
                        broker.bootstrapServers()));
                monitor.show(
                        page.page(
                                live,
                                spotters,
                                registry,
                                () -> null,
                                null,
                                studio,
                                monitor.meters(),
                                OtherDevices.NONE),
                        live);
                HttpService answers = monitor.serve(http, service::health, service::ready);
                say.accept("live page: " + answers.uriToOpen("/"));
                say.accept("metrics: " + answers.uri("/metrics"));
                try (var play = new DemoPlay(sentences, publisher, realTime, running)) {
                    DemoReport report = perform(
                            play, registry, new DemoFigures(monitor.meters().registry()), events, startNanos);
                    if (report != null) {
                        ended.accept(report);
                    }
                    return report;
                }
            }
        }
    }

    private @Nullable DemoReport perform(
            DemoPlay play, ModelRegistry registry, DemoFigures figures, DemoEvents events, long startNanos)
            throws IOException, InterruptedException {
        var versions = new LinkedHashMap<String, String>();
        var activities = new ArrayList<DemoFigures.Activity>();
        for (int act = 0; act < play.models().size(); act++) {
            String model = play.models().get(act);
            if (act > 0) {
                registry.use(model);
            }
            String version = registry.current().model().version();
            versions.put(model, version);
            say.accept((act == 0 ? "listening with " : "switched without interruption to ") + version);
            if (!play.act(act)) {
                return null;
            }
            long sent = play.frames();
            await(() -> figures.frames() >= sent);
            activities.add(figures.activity(version));
        }
        play.close();
        long sent = play.frames();
        await(() -> figures.frames() >= sent && events.arrivals().size() >= figures.keywords());
        if (!running.getAsBoolean()) {
            return null;
        }
        List<DemoEvents.Arrival> arrivals = events.arrivals();
        return new DemoReport(
                lines(versions, arrivals),
                arrivals.stream().map(DemoEvents.Arrival::latencyMillis).toList(),
                sent,
                figures.frames(),
                activities,
                realTime,
                secondsSince(startNanos));
    }

    /** One line per device and act, over all sentences of that act. */
    private List<DemoReport.Line> lines(Map<String, String> versions, List<DemoEvents.Arrival> arrivals) {
        record Part(String model, String device) {}
        var expected = new LinkedHashMap<Part, List<String>>();
        for (DemoSentence sentence : sentences) {
            expected.computeIfAbsent(new Part(sentence.model(), sentence.device()), key -> new ArrayList<>())
                    .addAll(sentence.expected());
        }
        var lines = new ArrayList<DemoReport.Line>();
        expected.forEach((part, words) -> {
            String version = String.valueOf(versions.get(part.model()));
            List<String> heard = arrivals.stream()
                    .map(DemoEvents.Arrival::event)
                    .filter(e -> e.device().equals(part.device()) && e.model().equals(version))
                    .map(KeywordEvent::keyword)
                    .toList();
            lines.add(new DemoReport.Line(part.device(), version, WordComparison.of(words, heard)));
        });
        return lines;
    }

    /** Waits for pending frames and events; those still missing at the time limit count as lost. */
    private void await(BooleanSupplier done) throws InterruptedException {
        long limit = System.nanoTime() + ARRIVAL_LIMIT.toNanos();
        while (!done.getAsBoolean() && running.getAsBoolean() && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private void print(DemoEvents.Arrival arrival) {
        KeywordEvent event = arrival.event();
        // Positions are in samples at the rate of the model, which is that of the frames.
        String line = String.format(
                Locale.ROOT,
                "  %-10s %-10s score %.2f   %s",
                Printable.line(event.device()),
                Printable.line(event.keyword()),
                event.score(),
                event.model());
        String latency = realTime ? String.format(Locale.ROOT, "   after %.0f ms", arrival.latencyMillis()) : "";
        say.accept(String.format(Locale.ROOT, "%7.2f s", event.samplePosition() / (double) DemoDevice.RATE_HZ)
                + line
                + latency);
    }

    private static double secondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }
}
