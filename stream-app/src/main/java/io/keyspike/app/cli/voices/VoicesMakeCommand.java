package io.keyspike.app.cli.voices;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.SpokenClip;
import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.trainer.common.Parallel;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.voices.SpeechEngines;
import io.keyspike.voices.Voice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code voices make}: many clips of words by many voices, laid out as Speech Commands is. */
@Command(
        name = "make",
        description = {
            "Speaks words by many voices into DIR/<word>/<voice>_nohash_<n>.wav, as training data beside recordings.",
            "Voices, mixes of two, and speeds are drawn by the seed. Clips that are there are kept, so that an interrupted"
                    + " run goes on."
        })
final class VoicesMakeCommand extends VoicesCommand.Sub {
    /** Apart from every other use of random numbers. */
    private static final long PURPOSE = 0x5B_EA;

    @Parameters(paramLabel = "WORD", arity = "1..*", description = "Words; a hyphen stands for a space.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder for the clips.")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Option(names = "--per-word", paramLabel = "N", description = "Clips of each word (default: ${DEFAULT-VALUE}).")
    private int perWord = 50;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "kokoro, flite or espeak-ng (default: the first here).")
    private @Nullable String engine;

    @Option(names = "--slowest", paramLabel = "X", description = "Least speed (default: ${DEFAULT-VALUE}).")
    private double slowest = 0.75;

    @Option(names = "--fastest", paramLabel = "X", description = "Largest speed (default: ${DEFAULT-VALUE}).")
    private double fastest = 1.35;

    @Option(
            paramLabel = "N",
            names = "--seed",
            description = "Another seed, other voices and speeds (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(paramLabel = "N", names = "--threads", description = "Voices that speak at a time (default: one per core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    private record Clip(String word, Voice voice, double speed, Path file) {}

    @Override
    public Integer call() throws IOException {
        var failed = new AtomicInteger();
        try (SpeechEngines engines = parent.voices.open(engine);
                var goOn = new StopSignal();
                var bars = new ProgressBars(Terminal.isThere())) {
            List<Clip> clips = plan(engines);
            for (String word : words) {
                Files.createDirectories(out.resolve(word));
            }
            Parallel.forEach(clips.size(), threads, "speaking", bars, i -> {
                if (!goOn.getAsBoolean()) {
                    throw new CancellationException();
                }
                if (speak(engines, clips.get(i)) != null) {
                    failed.incrementAndGet();
                }
            });
            bars.finish();
            parent.out().printf("%d clips of %d words in %s%n", clips.size() - failed.get(), words.size(), out);
            if (failed.get() > 0) {
                parent.out().printf("%d clips could not be spoken%n", failed.get());
            }
            parent.out().flush();
            return ExitCode.OK;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CancellationException e) {
            return ExitCode.INTERRUPTED;
        }
    }

    private List<Clip> plan(SpeechEngines engines) {
        List<Voice> voices = engines.voices().stream()
                .filter(v -> v.engine().equals(engines.engines().getFirst().name()))
                .toList();
        boolean mixes = engines.engines().getFirst().mixes() && voices.size() > 1;
        var clips = new ArrayList<Clip>();
        for (String word : words) {
            for (int n = 0; n < perWord; n++) {
                var random = new SplitMix(seed, PURPOSE, word.hashCode(), n);
                Voice voice = voices.get(random.nextInt(voices.size()));
                if (mixes && random.nextDouble() < 0.5) {
                    Voice other = voices.get(random.nextInt(voices.size()));
                    voice = other.name().equals(voice.name()) ? voice : voice.mixedWith(other);
                }
                double speed = random.between(slowest, fastest);
                clips.add(new Clip(
                        word,
                        voice,
                        speed,
                        out.resolve(word)
                                .resolve(String.format(Locale.ROOT, "%s_nohash_%d.wav", voice.fileName(), n))));
            }
        }
        return clips;
    }

    /** @return why it could not be spoken; null if it was, or was there already */
    private static @Nullable String speak(SpeechEngines engines, Clip clip) {
        try {
            return Files.exists(clip.file())
                    ? null
                    : SpokenClip.write(engines, clip.voice(), clip.word().replace('-', ' '), clip.speed(), clip.file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
