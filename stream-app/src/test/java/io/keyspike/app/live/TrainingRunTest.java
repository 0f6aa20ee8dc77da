package io.keyspike.app.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyspike.monitoring.http.RequestException;
import io.keyspike.monitoring.live.LiveFeed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class TrainingRunTest {

    private static final TrainingRun.Task TASK = new TrainingRun.Task("hey penguin", "hey-penguin", 0.5);

    private final List<String> models = Collections.synchronizedList(new ArrayList<>());
    private final LiveFeed feed = new LiveFeed();

    @Test
    void shouldShowHowATrainingGoesAndHandInItsModel() throws Exception {
        try (TrainingRun run =
                run("echo 'epoch  12  loss 0.1  training 99.0 %  heard in streams  93.5 %  100 samples/s'")) {
            run.start(TASK, "mine", feed);
            awaitEnd(run);
            assertThat(run.state().path("status").asText()).isEqualTo("done");
            assertThat(run.state().path("epoch").asInt()).isEqualTo(12);
            assertThat(run.state().path("validationPercent").asDouble()).isEqualTo(93.5);
            assertThat(models).containsExactly("mine out/mine.safetensors");
        }
    }

    @Test
    void shouldSayWhatToExpectOfTheModel() throws Exception {
        String sentence =
                "In 38 minutes of other speech it reported x falsely once (about 1.6 an hour), and missed 12 %.";
        try (TrainingRun run = run("echo first; echo '" + sentence + "'; echo last")) {
            run.start(TASK, "mine", feed);
            awaitEnd(run);
            assertThat(run.state().path("expectation").asText()).isEqualTo(sentence);
        }
    }

    @Test
    void shouldSayThatATrainingFailedAndShowItsLastLines() throws Exception {
        try (TrainingRun run = run("echo no such folder; exit 1")) {
            run.start(TASK, "mine", feed);
            awaitEnd(run);
            assertThat(run.state().path("status").asText()).isEqualTo("failed");
            assertThat(run.state().path("lines").path(0).asText()).isEqualTo("no such folder");
            assertThat(models).isEmpty();
        }
    }

    @Test
    void shouldStopATrainingAndRunOnlyOneAtATime() throws Exception {
        try (TrainingRun run = run("exec sleep 60")) {
            run.start(TASK, "mine", feed);
            assertThatThrownBy(() -> run.start(TASK, "other", feed)).isInstanceOf(RequestException.class);
            run.stop();
            awaitEnd(run);
            assertThat(run.state().path("status").asText()).isEqualTo("stopped");
        }
    }

    @Test
    void shouldRefuseWhatIsNoNameAndNoRate() throws Exception {
        try (TrainingRun run = run("true")) {
            assertThatThrownBy(() -> run.start(TASK, "../x", feed)).isInstanceOf(RequestException.class);
            for (double rate : new double[] {0, -1, 1_000, Double.NaN}) {
                var task = new TrainingRun.Task("hey penguin", "hey-penguin", rate);
                assertThatThrownBy(() -> run.start(task, "mine", feed)).isInstanceOf(RequestException.class);
            }
        }
    }

    private TrainingRun run(String script) {
        return new TrainingRun(
                (task, name, out) -> new ProcessBuilder("sh", "-c", script)
                        .redirectErrorStream(true)
                        .start(),
                Path.of("out"),
                (name, file) -> models.add(name + " " + file));
    }

    private static void awaitEnd(TrainingRun run) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (run.state().path("status").asText().equals("running") && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
