package io.keyspike.app.cli.shared;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.live.AdjustedSpotters;
import io.keyspike.app.live.LivePage;
import io.keyspike.app.live.LiveStreams;
import io.keyspike.app.live.OtherDevices;
import io.keyspike.app.live.RegistryModels;
import io.keyspike.app.live.Studio;
import io.keyspike.app.live.TrainingRun;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.monitoring.KeyspikeMeters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that decide what the live page may record and start. */
public final class PageOptions {

    @Option(
            names = "--keep-sound",
            description =
                    "Keep the last ten seconds of audio of watched streams in memory, to play detections back, mark them"
                            + " with their audio, and record samples of words (default: keep no audio).")
    private boolean keepSound;

    @Option(
            names = "--sound-dir",
            paramLabel = "DIR",
            description =
                    "Folder for marks and, with --keep-sound, marked and recorded audio (default: sound in --home).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    private @Nullable Path soundDir;

    @Option(
            names = "--train-data",
            paramLabel = "DIR",
            description =
                    "Allow training of new words to be started from the live page, against these other sounds, as --data of"
                            + " 'keyword new' takes them.")
    @Input(Input.Kind.FOLDER)
    private @Nullable Path trainData;

    /** The feed of the streams; create it before they start. */
    public LiveStreams streams() {
        return new LiveStreams(keepSound);
    }

    /** Samples and training runs; close it with the command. */
    public Studio studio(@Nullable ModelRegistry registry) {
        Path folder = soundDir != null ? soundDir : UserFolders.of(UserFolders.Kind.SOUND);
        Path data = trainData;
        if (data == null || registry == null) {
            return new Studio(folder, keepSound, null);
        }
        if (!Files.isDirectory(data)) {
            throw new CommandException(ExitCode.USAGE, "--train-data: expected a folder, found none at " + data);
        }
        Path out = folder.resolve("models");
        var run = new TrainingRun(
                (task, name, file) -> TrainingProcess.start(task, data, folder.resolve("words"), name, file),
                out,
                (name, file) -> {
                    try {
                        registry.add(file, name);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        return new Studio(folder, keepSound, run);
    }

    /**
     * The page.
     *
     * @param registry where models are activated; null if they cannot be
     * @param refusal why the registry does not decide at the moment which model runs; null if it does
     * @param others further models that can be activated
     * @param meters count marks; null for none
     * @param elsewhere devices of other instances
     */
    public LivePage page(
            LiveStreams streams,
            AdjustedSpotters spotters,
            @Nullable ModelRegistry registry,
            Supplier<@Nullable String> refusal,
            @Nullable ModelLocator others,
            Studio studio,
            @Nullable KeyspikeMeters meters,
            OtherDevices elsewhere) {
        int rate = spotters.current().model().features().sampleRateHz();
        var models = registry == null ? null : new RegistryModels(registry, refusal, () -> files(others), rate);
        return new LivePage(streams, spotters, models, studio, meters, elsewhere);
    }

    private static Map<String, Path> files(@Nullable ModelLocator locator) {
        var files = new LinkedHashMap<String, Path>();
        if (locator != null) {
            locator.all().values().stream()
                    .filter(ModelLocator.Located::isForListening)
                    .forEach(model -> files.put(model.name(), model.file()));
        }
        return files;
    }
}
