package io.keyspike.app.cli.stream;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.exec.DetectionHook;
import io.keyspike.app.cli.exec.ExecOption;
import io.keyspike.app.cli.output.OutputLostException;
import io.keyspike.app.cli.shared.ActiveModelOptions;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.KafkaOptions;
import io.keyspike.app.cli.shared.Logging;
import io.keyspike.app.cli.shared.MeterOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.PageOptions;
import io.keyspike.app.cli.shared.Printable;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.UserFolders;
import io.keyspike.app.cluster.ClusterSettings;
import io.keyspike.app.files.TemporaryFolder;
import io.keyspike.app.hearing.KeywordEvent;
import io.keyspike.app.kafka.broker.EmbeddedBroker;
import io.keyspike.app.kafka.query.ClusterFacts;
import io.keyspike.app.kafka.query.DeviceQuery;
import io.keyspike.app.kafka.service.DamagedStateException;
import io.keyspike.app.kafka.service.KeywordService;
import io.keyspike.app.kafka.service.ServiceConfig;
import io.keyspike.app.kafka.service.StateFolder;
import io.keyspike.app.kafka.service.WaitingDevices;
import io.keyspike.app.kafka.service.WarmUp;
import io.keyspike.app.kafka.wire.BrokerException;
import io.keyspike.app.kafka.wire.EventConsumer;
import io.keyspike.app.kafka.wire.KeywordEventCodec;
import io.keyspike.app.kafka.wire.Topics;
import io.keyspike.app.live.AdjustedSpotters;
import io.keyspike.app.live.LiveStreams;
import io.keyspike.app.live.OtherDevices;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.monitoring.ServiceEvent;
import io.keyspike.monitoring.http.HttpService;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keyspike stream}: the service, on an external Kafka cluster or a broker in this process. */
@Command(
        name = "stream",
        description = {
            "Detects keywords in the audio of any number of devices on Kafka, until stopped with Ctrl-C.",
            "Reads frames from the topic audio-frames, and writes events to keyword-events and malformed records to"
                    + " audio-frames-dead-letter. Without --bootstrap-servers, a broker runs in this process.%n"
        })
public final class StreamCommand implements Callable<Integer> {

    /** Generous: restoring many devices takes time, and a dead group member is waited for until its session expires. */
    private static final Duration START_LIMIT = Duration.ofMinutes(10);

    /** Pending work is finished and committed first. */
    private static final Duration PATIENCE = KeywordService.CLOSE_TIMEOUT.plusSeconds(3);

    /** Of a damaged state, in one run; more often, it is not the files that are at fault. */
    private static final int MAXIMUM_RESTORATIONS = 3;

    private static final int HIGHEST_PORT = 65_535;

    private static final Duration POLL = Duration.ofMillis(200);

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--create-topics",
            negatable = true,
            description = "Create missing topics (default: only on the broker in this process).")
    private @Nullable Boolean createTopics;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "" + Topics.DEFAULT_PARTITIONS,
            description = "Number of partitions of topics that are created (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--broker-dir",
            paramLabel = "DIR",
            description = "Where the broker in this process keeps its data (default: a temporary folder).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path brokerDir;

    @Option(
            names = "--broker-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the broker in this process (default: any free port).")
    private int brokerPort;

    @Mixin
    private ActiveModelOptions models = new ActiveModelOptions();

    @Option(
            names = "--models-from",
            paramLabel = "topic|folder",
            defaultValue = "TOPIC",
            description =
                    "Source of the active model: the cluster's topic keyspike-models, falling back to the models folder"
                            + " while no model is active in the topic, or only the folder (default: topic).")
    private ServiceModels.From modelsFrom = ServiceModels.From.TOPIC;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Option(
            names = "--print",
            negatable = true,
            description =
                    "Print the events of the topic, those of other instances included; --no-print where the output of"
                            + " several instances is collected (default: --print).")
    private @Nullable Boolean printEvents;

    @Mixin
    private ExecOption exec = new ExecOption();

    @Mixin
    private HttpOptions http = new HttpOptions();

    @Mixin
    private PageOptions pageOptions = new PageOptions();

    @Mixin
    private MeterOptions meters = new MeterOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    private @Nullable DetectionHook hook;

    /** Whether this process has been warmed up: a service that begins again after damage need not be. */
    private boolean warm;

    @Override
    public Integer call() throws Exception {
        checkOptions();
        String servers = kafka.bootstrapServers();
        // Wrong options are to be reported before a broker is started.
        config(servers == null ? "unknown" : servers, Path.of(""));
        try (var stop = new StopSignal(PATIENCE);
                var atDetection = exec.hook(true, this::remark)) {
            hook = atDetection;
            if (servers != null) {
                run(config(servers, UserFolders.of(UserFolders.Kind.STATE)), stop);
            } else {
                runWithBroker(stop);
            }
            return stop.exitCode();
        }
    }

    private void checkOptions() {
        if (kafka.bootstrapServers() != null && (brokerDir != null || brokerPort != 0)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--broker-dir and --broker-port configure the broker in this process and cannot be combined with"
                            + " --bootstrap-servers");
        }
        if (brokerPort < 0 || brokerPort > HIGHEST_PORT) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--broker-port: expected a port from 0 to " + HIGHEST_PORT + ", found " + brokerPort);
        }
        if (partitions < 1) {
            throw new CommandException(ExitCode.USAGE, "--partitions: expected at least 1, found " + partitions);
        }
    }

    /** Keeps or deletes the broker's data and the state that belongs to it together. */
    private void runWithBroker(StopSignal stop) throws Exception {
        remark("starting a Kafka broker in this process");
        Path lasting = brokerDir;
        try (var temporary = new TemporaryFolder("keyspike-state-");
                EmbeddedBroker broker = lasting == null && brokerPort == 0
                        ? EmbeddedBroker.start()
                        : EmbeddedBroker.start(
                                lasting != null ? lasting : temporary.path().resolve("broker"), brokerPort, Map.of())) {
            Path besideBroker = lasting != null ? UserFolders.of(UserFolders.Kind.STATE) : temporary.path();
            run(config(broker.bootstrapServers(), besideBroker), stop);
        }
    }

    private ServiceConfig config(String servers, Path usualStateDir) {
        Path asked = service.stateDir();
        boolean alone = kafka.bootstrapServers() == null;
        // Nobody can know of a broker in a temporary folder on a free port before it has started.
        boolean awaited = !alone || brokerDir != null || brokerPort != 0;
        return service.config(servers, alone, awaited)
                .withStateDir(asked != null ? asked : usualStateDir)
                .withProperties(kafka.properties());
    }

    private void run(ServiceConfig config, StopSignal stop) throws Exception {
        ClusterFacts.ask(config.clientSettings(), config.brokerWait());
        if (createTopics != null ? createTopics : kafka.bootstrapServers() == null) {
            Topics.create(config.clientSettings(), partitions);
            ClusterSettings.createTopics(config.clientSettings());
        }
        Topics.require(config.clientSettings());
        for (int attempt = 1; ; attempt++) {
            try {
                serve(config, stop);
                break;
            } catch (DamagedStateException e) {
                if (attempt == MAXIMUM_RESTORATIONS) {
                    throw new BrokerException(
                            e.getMessage() + "; that was restored " + (attempt - 1) + " times already: is the disk of "
                                    + config.stateDir() + " failing?",
                            e);
                }
                setAside(config, e);
            }
        }
        Logging.sumUp();
        ServiceEvent.STOPPED.log("stopped");
    }

    /** Everything in it can be restored from Kafka. */
    private static void setAside(ServiceConfig config, DamagedStateException damage) {
        ClusterFacts cluster = ClusterFacts.ask(config.clientSettings(), config.brokerWait());
        Path aside =
                StateFolder.setAside(config.stateDir().resolve(cluster.id()), config.applicationId(), Instant.now());
        ServiceEvent.STATE_DAMAGED.log(
                damage.getMessage() + "; set it aside as " + aside + " (it can be deleted), restoring it from Kafka",
                "aside",
                aside);
    }

    private void serve(ServiceConfig config, StopSignal stop) throws Exception {
        ModelLocator locator = models.locator();
        try (var monitor = new ServiceMonitor(meters.otlp());
                var chosen = ServiceModels.open(
                        locator,
                        models.model(),
                        modelsFrom,
                        models.sensitivity().get(),
                        config.clientSettings(),
                        monitor,
                        event -> changed(event, monitor))) {
            models.sensitivity().checked(chosen.spotters().current().model());
            var spotters = new AdjustedSpotters(chosen.spotters());
            LiveStreams live = pageOptions.streams();
            monitor.follow(spotters::unadjusted);
            // Other instances are told the port, so it must be open before the service begins.
            var probes = new ServiceProbes();
            HttpService answers = monitor.serve(http, probes::health, probes::ready);
            ServiceConfig reachable = config.withPeers(
                    service.advertise() != null ? service.advertise() : http.reachableAt(answers.port()),
                    answers.token());
            warmUp(config, spotters, stop);
            if (!stop.getAsBoolean()) {
                return;
            }
            try (var studio = pageOptions.studio(chosen.registry());
                    var events = new EventConsumer(
                            config.bootstrapServers(),
                            EventConsumer.Start.NOW,
                            IsolationLevel.READ_COMMITTED,
                            config.properties());
                    var running = KeywordService.start(reachable, spotters, monitor.meters(), live)) {
                probes.watch(running);
                monitor.watch(running.streams());
                monitor.add(running.devices());
                monitor.show(
                        pageOptions.page(
                                live,
                                spotters,
                                chosen.registry(),
                                chosen::refusal,
                                locator,
                                studio,
                                monitor.meters(),
                                (text, limit) -> elsewhere(running.elsewhere(text, limit))),
                        live);
                ServiceEvent.STARTED.log(
                        "Kafka " + config.bootstrapServers() + "   page " + answers.uriToOpen("/") + "   metrics "
                                + answers.uri("/metrics") + "   model "
                                + spotters.current().model().version(),
                        "model",
                        spotters.current().model().version(),
                        "kafka",
                        config.bootstrapServers(),
                        "applicationId",
                        config.applicationId(),
                        "guarantee",
                        config.guarantee(),
                        "rebalance",
                        config.rebalance(),
                        "standbys",
                        config.standbyReplicas(),
                        "stateDir",
                        config.stateDir());
                printUntilStopped(running, events, stop);
            }
        }
    }

    private void warmUp(ServiceConfig config, AdjustedSpotters spotters, StopSignal stop) throws InterruptedException {
        if (warm || config.warmUp().isZero()) {
            return;
        }
        warm = true;
        try (var waiting = service.isWarmUpAsked() ? null : WaitingDevices.of(config)) {
            if (waiting != null && waiting.await()) {
                warm("no warm-up: devices are sending, and no other instance processes their audio", WarmUp.NONE);
                return;
            }
            ServiceEvent.WARMING_UP.log(
                    "warming up, for at most " + config.warmUp().toSeconds()
                            + " s: processing made-up audio so that the code is compiled before real devices are heard",
                    "seconds",
                    config.warmUp().toSeconds());
            WarmUp.Outcome done = WarmUp.run(
                    config,
                    spotters,
                    pageOptions.streams(),
                    waiting == null ? stop : () -> stop.getAsBoolean() && !waiting.getAsBoolean());
            boolean begun = waiting != null && waiting.getAsBoolean();
            warm(
                    String.format(
                            Locale.ROOT,
                            "warmed up in %.1f s with %,d frames%s",
                            done.took().toMillis() / 1e3,
                            done.frames(),
                            done.settled()
                                    ? ""
                                    : begun
                                            ? "; devices have begun to send, and no other instance processes their audio"
                                            : "; the compiler was still busy"),
                    done);
        }
    }

    private static void warm(String text, WarmUp.Outcome done) {
        ServiceEvent.WARM.log(
                text, "seconds", done.took().toMillis() / 1e3, "frames", done.frames(), "settled", done.settled());
    }

    private static OtherDevices.Found elsewhere(DeviceQuery.Elsewhere found) {
        var silent = new ArrayList<String>();
        if (found.incomplete()) {
            silent.add("An instance of the service does not answer; its devices are missing here.");
        }
        if (found.more()) {
            silent.add("There are more devices than are listed.");
        }
        return new OtherDevices.Found(found.instances(), silent);
    }

    private void printUntilStopped(KeywordService service, EventConsumer events, StopSignal stop)
            throws InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        boolean running = false;
        while (stop.getAsBoolean()) {
            if (service.hasEnded()) {
                service.awaitEnd();
                return;
            }
            if (!running && service.state() == KafkaStreams.State.RUNNING) {
                running = true;
                ServiceEvent.LISTENING.log("listening; press Ctrl-C to stop");
            }
            if (!running && System.nanoTime() > limit) {
                service.awaitRunning(Duration.ZERO);
            }
            events.poll(POLL).forEach(this::heard);
        }
        ServiceEvent.STOPPING.log("stopping");
    }

    private void heard(KeywordEvent event) {
        if (printEvents == null || printEvents) {
            print(event);
        }
        if (hook != null) {
            hook.run(Map.of(
                    "WORD", event.keyword(),
                    "SCORE", String.format(Locale.ROOT, "%.3f", event.score()),
                    "TIME", String.valueOf(event.audioTime()),
                    "MODEL", event.model(),
                    "SOURCE", event.device(),
                    "DEVICE", event.device()));
        }
    }

    private void print(KeywordEvent event) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.isSet()) {
            OutputLostException.print(out, KeywordEventCodec.toJson(event));
        } else {
            OutputLostException.print(
                    out,
                    String.format(
                            Locale.ROOT,
                            "%s  %-16s %-12s %.2f  after %.0f ms  (%s)",
                            event.audioTime(),
                            Printable.line(event.device()),
                            Printable.line(event.keyword()),
                            event.score(),
                            event.latencyMillis(),
                            event.model()));
        }
    }

    private void changed(ModelRegistry.Event event, ServiceMonitor monitor) {
        monitor.changed(event);
        switch (event) {
            case ModelRegistry.Event.Swapped swapped ->
                ServiceEvent.MODEL_SWAPPED.log(
                        "switched to " + swapped.toVersion(),
                        "model",
                        swapped.toVersion(),
                        "before",
                        swapped.fromVersion());
            case ModelRegistry.Event.Refused refused ->
                ServiceEvent.MODEL_REFUSED.log(
                        "model refused: " + refused.reason(), "origin", refused.origin(), "reason", refused.reason());
        }
    }

    private void remark(String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(Printable.line(sentence));
        err.flush();
    }
}
