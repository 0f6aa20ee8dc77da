package io.keyspike.app.cli.chip;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.kernels.StepKernels;
import io.keyspike.kernels.backends.Backends;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.chip.ChipImage;
import io.keyspike.models.chip.ChipImageFiles;
import io.keyspike.models.chip.IntegerNetwork;
import io.keyspike.models.network.NetworkState;
import io.keyspike.models.network.StreamingNetwork;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code chip export}: writes a model as an integer image, then reads it back and runs it to verify it. */
@Command(
        name = "export",
        description = {
            "Exports a model that fits a chip as an integer image: weights, signs, time-constant codes, core map.",
            "The image is read back and must reproduce every spike of the model."
        })
public final class ChipExportCommand implements Callable<Integer> {

    /** Steps of noise on which image and model are compared. */
    private static final int TRIAL_STEPS = 2_000;

    private static final long TRIAL_SEED = 1;

    @Mixin
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private ChipOptions chip;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Image file to write (JSON).")
    @Input(Input.Kind.FILE_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path out;

    @Spec
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        KeywordModel model = chip.model();
        ChipImageFiles.write(out, ChipImage.of(model, chip.profile()));
        long spikes = trial(model, ChipImageFiles.read(out));
        PrintWriter text = spec.commandLine().getOut();
        text.println(out + ": " + model.version() + "; verified: the image reproduced all " + spikes
                + " spikes of the model in " + TRIAL_STEPS + " steps of noise");
        text.flush();
        return ExitCode.OK;
    }

    /**
     * Runs model and image on the same noise and compares their spikes.
     *
     * @return number of spikes, over all layers
     * @throws CommandException if a layer fires differently
     */
    private static long trial(KeywordModel model, ChipImage image) {
        StepKernels kernels = Backends.stepsNamed("vector");
        var expected = new StreamingNetwork(model.network(), kernels);
        var found = new IntegerNetwork(image, kernels);
        NetworkState expectedState = expected.newState();
        IntegerNetwork.State foundState = found.newState();
        var random = new Random(TRIAL_SEED);
        float[] input = new float[expected.inputs()];
        float[] output = new float[expected.outputs()];
        float[] foundOutput = new float[image.layers().getLast().neurons()];
        long spikes = 0;
        for (int step = 0; step < TRIAL_STEPS; step++) {
            for (int i = 0; i < input.length; i++) {
                input[i] = (float) Math.max(0, 1.5 + 1.5 * random.nextGaussian());
            }
            expected.step(expectedState, input, output);
            found.step(foundState, input, foundOutput);
            for (int layer = 0; layer < image.layers().size(); layer++) {
                int count = expectedState.lastSpikes(layer);
                if (count != foundState.lastSpikes(layer)
                        || !Arrays.equals(
                                expectedState.lastFired(layer), 0, count, foundState.lastFired(layer), 0, count)) {
                    throw new CommandException(
                            ExitCode.FAILED,
                            "expected the image to fire as the model does, found different spikes in layer "
                                    + image.layers().get(layer).name() + " at step " + step);
                }
                spikes += count;
            }
        }
        return spikes;
    }
}
