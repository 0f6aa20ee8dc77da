package io.keyspike.app.cli.models;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelParameter;
import io.keyspike.app.cli.shared.ModelsOption;
import io.keyspike.audio.AudioFiles;
import io.keyspike.audio.features.FeatureExtractors;
import io.keyspike.audio.features.FeatureSpec;
import io.keyspike.audio.features.FilterbankSpec;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.description.ModelInput;
import io.keyspike.models.network.SequenceNetwork;
import io.keyspike.trainer.report.SoundPictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: plots a network's activity on one recording. */
@Command(
        name = "inspect",
        description = {
            "Plots a model's activity on a recording as PNG: spikes, membranes, features, and the filters' response.",
            "Without an option that selects plots, all of them are drawn."
        })
public final class InspectCommand implements Callable<Integer> {

    @Mixin
    private ModelParameter model = new ModelParameter();

    @Parameters(index = "1", paramLabel = "AUDIO", description = "Audio file (WAV or FLAC).")
    @Input(Input.Kind.FILE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path sound;

    @Option(names = "--raster", description = "Draw a spike raster of each layer.")
    private boolean raster;

    @Option(
            names = "--membranes",
            description = "Draw the membrane potentials of a few neurons of each layer, with their thresholds.")
    private boolean membranes;

    @Option(names = "--channels", description = "Draw the features that the network receives, as an image.")
    private boolean channels;

    @Option(names = "--filterbank", description = "Draw the frequency response of the filters.")
    private boolean filterbank;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Folder for the plots (default: the working directory).")
    @Input(Input.Kind.FOLDER_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Mixin
    private ModelsOption models = new ModelsOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel keywordModel = model.read(models.locator());
        if (!(keywordModel.input() instanceof ModelInput.Sound heard)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    keywordModel.version() + ": expected a model for audio, found one for "
                            + keywordModel.input().describe());
        }
        FeatureSpec features = heard.features();
        boolean all = !(raster || membranes || channels || filterbank);
        float[][] frames = FeatureExtractors.extract(
                FeatureExtractors.of(features), AudioFiles.readAll(sound, features.sampleRateHz()));
        if (frames.length == 0) {
            throw new CommandException(
                    ExitCode.FAILED, sound + ": expected at least one time step of audio, found less");
        }
        Files.createDirectories(out);
        SequenceNetwork.Result result = run(keywordModel, frames);
        double step = features.stepSeconds();
        if (raster || all) {
            SoundPictures.raster(drawn("raster.png"), result.layers(), keywordModel.labels(), step);
        }
        if (membranes || all) {
            SoundPictures.membranes(
                    drawn("membranes.png"), keywordModel.network(), result.layers(), keywordModel.labels(), step);
        }
        if (channels || all) {
            SoundPictures.channels(drawn("channels.png"), frames, features);
        }
        if (features instanceof FilterbankSpec bank) {
            if (filterbank || all) {
                SoundPictures.filterbank(drawn("filterbank.png"), bank);
            }
        } else if (filterbank) {
            throw new CommandException(
                    ExitCode.FAILED,
                    keywordModel.version() + ": expected a model with a filterbank, found " + features.kind());
        }
        return ExitCode.OK;
    }

    private static SequenceNetwork.Result run(KeywordModel model, float[][] frames) {
        int width = frames[0].length;
        float[] input = new float[frames.length * width];
        for (int t = 0; t < frames.length; t++) {
            System.arraycopy(frames[t], 0, input, t * width, width);
        }
        return new SequenceNetwork(model.network(), Backends.named("vector", 1)).forward(frames.length, 1, input);
    }

    private Path drawn(String name) {
        Path file = out.resolve(name);
        PrintWriter text = spec.commandLine().getOut();
        text.println(file);
        text.flush();
        return file;
    }
}
