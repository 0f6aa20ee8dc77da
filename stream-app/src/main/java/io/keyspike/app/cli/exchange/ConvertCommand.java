package io.keyspike.app.cli.exchange;

import io.keyspike.app.cli.arguments.Input;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import io.keyspike.app.cli.shared.ModelLocator;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.arrays.ArrayFiles;
import io.keyspike.models.exchange.NetworkToNir;
import io.keyspike.models.exchange.SnnTorchWeights;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.network.Network;
import io.keyspike.models.nir.NirFiles;
import io.keyspike.models.nir.NirNode;
import io.keyspike.models.rockpool.RockpoolFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code convert}: networks between our model files, NIR, Rockpool's JSON and snnTorch's state dictionaries. */
@Command(
        name = "convert",
        description = {
            "Converts a network between our model files (.safetensors), NIR (.nir), Rockpool's JSON (.json) and state"
                    + " dictionaries of snnTorch (.safetensors or .npz, with --from-snntorch or --to-snntorch).",
            "What the other side cannot express is refused by name. ONNX is not supported."
        })
public final class ConvertCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description = "Model file or name, .nir file, Rockpool's .json or state dictionary.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "File to write: .nir, .json, .safetensors or .npz.")
    @Input(Input.Kind.FILE_TO_WRITE)
    @SuppressWarnings("NullAway.Init") // injected by picocli
    private Path to;

    @Option(names = "--to-snntorch", description = "Write a state dictionary of snnTorch.")
    private boolean toSnnTorch;

    @Option(
            names = "--like",
            paramLabel = "MODEL",
            description = "Model from which a model file takes all but its network: input, labels, decision.")
    private @Nullable String like;

    @Option(
            names = "--labels",
            split = ",",
            paramLabel = "LABEL",
            description = "Labels of a model file, one for each output (default: those of --like).")
    private List<String> labels = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the model in a model file (default: that of --like).")
    private @Nullable String name;

    @Mixin
    private NetworkSource source = new NetworkSource();

    @Override
    public Integer call() throws IOException {
        KeywordModel template =
                like == null ? null : ModelFiles.read(source.models().locator().fileOf(like));
        try {
            if (NetworkSource.isNir(to.toString())) {
                NirFiles.write(to, graph(template));
            } else if (NetworkSource.isRockpool(to.toString())) {
                RockpoolFiles.write(to, network(template));
            } else if (!isArrays(to)) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "TO: expected a name that ends in .nir, .json, .safetensors or .npz, found " + to);
            } else if (toSnnTorch) {
                ArrayFiles.write(to, SnnTorchWeights.write(network(template)));
            } else if (template == null) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "expected --like MODEL, since a model file needs an input, labels and a decision too; to write a"
                                + " state dictionary, --to-snntorch");
            } else {
                ModelFiles.write(to, model(template));
            }
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.FAILED, from + ": " + e.getMessage(), e);
        }
        return ExitCode.OK;
    }

    private static boolean isArrays(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(ModelLocator.EXTENSION) || name.endsWith(".npz");
    }

    private NirNode.Graph graph(@Nullable KeywordModel template) throws IOException {
        return source.isGraph(from)
                ? NirFiles.read(NetworkSource.existing(Path.of(from)))
                : NetworkToNir.convert(network(template));
    }

    private Network network(@Nullable KeywordModel template) throws IOException {
        return source.read(
                from, template == null ? null : template.network().graph().stepSeconds());
    }

    private KeywordModel model(KeywordModel template) throws IOException {
        return KeywordModel.of(
                name == null ? template.name() : name,
                template.input(),
                network(template),
                labels.isEmpty() ? template.labels() : labels,
                template.decision(),
                template.chip(),
                template.provenance());
    }
}
