package io.keyspike.app.cli.listen;

import io.keyspike.app.cli.shared.ChosenModel;
import io.keyspike.app.cli.shared.HttpOptions;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.app.cli.shared.PageOptions;
import io.keyspike.app.cli.shared.StreamSession;
import io.keyspike.app.kafka.device.SpotterProvider;
import io.keyspike.app.live.AdjustedSpotters;
import io.keyspike.app.live.LiveStreams;
import io.keyspike.app.live.OtherDevices;
import io.keyspike.app.live.Studio;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.monitoring.Health;
import io.keyspike.monitoring.MonitoringRoutes;
import io.keyspike.monitoring.http.Access;
import io.keyspike.monitoring.http.HttpLimits;
import io.keyspike.monitoring.http.HttpService;
import java.io.IOException;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The live page of {@code listen}: one stream, always watched, so that the first browser sees its last minutes. */
final class ListenPage implements Supplier<KeywordSpotter>, AutoCloseable {

    /** Tried first, so that an open page reconnects to the next run. */
    private static final int USUAL_PORT = 9464;

    private final LiveStreams streams;
    private final AdjustedSpotters spotters;
    private final Studio studio;
    private final HttpService http;

    private ListenPage(LiveStreams streams, AdjustedSpotters spotters, Studio studio, HttpService http) {
        this.streams = streams;
        this.spotters = spotters;
        this.studio = studio;
        this.http = http;
    }

    static ListenPage open(PageOptions page, HttpOptions options, ChosenModel chosen, ModelLocator models)
            throws IOException {
        LiveStreams streams = page.streams();
        streams.feed().keep(StreamSession.LIVE_NAME);
        var spotters = new AdjustedSpotters(new SpotterProvider() {
            @Override
            public KeywordSpotter current() {
                return chosen.get();
            }

            @Override
            public @Nullable KeywordSpotter ofVersion(String version) {
                return null;
            }
        });
        Studio studio = page.studio(chosen.registry());
        HttpService http = start(options);
        http.addAll(page.page(streams, spotters, chosen.registry(), () -> null, models, studio, null, OtherDevices.NONE)
                .routes());
        http.add(MonitoringRoutes.health(() -> Health.up("listening")));
        http.add(MonitoringRoutes.ready(() -> Health.up("listening")));
        return new ListenPage(streams, spotters, studio, http);
    }

    private static HttpService start(HttpOptions options) throws IOException {
        Access access = options.access();
        if (!options.portGiven()) {
            try {
                return HttpService.start(options.host(), USUAL_PORT, access, HttpLimits.DEFAULT);
            } catch (IOException e) {
                // in use: fall back to any free port
            }
        }
        return HttpService.start(options.host(), options.port(), access, HttpLimits.DEFAULT);
    }

    LiveStreams streams() {
        return streams;
    }

    /** The current model, with the thresholds set on the page. */
    @Override
    public KeywordSpotter get() {
        return spotters.current();
    }

    /** Address of the page. */
    URI uri() {
        return http.uriToOpen("/");
    }

    @Override
    public void close() {
        http.close();
        studio.close();
    }
}
