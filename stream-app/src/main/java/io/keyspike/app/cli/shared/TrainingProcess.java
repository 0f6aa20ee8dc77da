package io.keyspike.app.cli.shared;

import io.keyspike.trainer.data.FeedbackClips;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code keyspike train} in a separate process, with the Java, flags and class path of this one. */
final class TrainingProcess {

    /** By name, since that package depends on this one. */
    private static final String MAIN = "io.keyspike.app.cli.Main";

    private TrainingProcess() {}

    static Process start(Path data, Path feedback, Path config, Path out) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-agentlib") && !flag.startsWith("-javaagent")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "train"));
        command.addAll(List.of("--data", data.toString()));
        if (Files.isDirectory(feedback)) {
            command.addAll(List.of("--from-feedback", feedback.toString()));
            for (String word : new FeedbackClips(feedback).words()) {
                command.addAll(List.of("--add-word", word));
            }
        }
        command.addAll(List.of("--config", config.toString(), "--out", out.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File(isWindows() ? "NUL" : "/dev/null")));
        return builder.start();
    }

    private static boolean isWindows() {
        return File.separatorChar == '\\';
    }
}
