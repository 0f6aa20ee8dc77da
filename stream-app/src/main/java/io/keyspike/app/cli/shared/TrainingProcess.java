package io.keyspike.app.cli.shared;

import io.keyspike.app.live.TrainingRun;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code keyspike keyword new} in a separate process, with the Java, flags and class path of this one. */
final class TrainingProcess {

    /** By name, since that package depends on this one. */
    private static final String MAIN = "io.keyspike.app.cli.Main";

    private TrainingProcess() {}

    /**
     * @param data other sounds
     * @param words folder of the folders of recorded words
     */
    static Process start(TrainingRun.Task task, Path data, Path words, String name, Path out) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-agentlib")
                    && !flag.startsWith("-javaagent")
                    && !flag.startsWith("-Dkeyspike.stderr")) {
                command.add(flag);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "keyword", "new", task.word()));
        command.addAll(List.of("--data", data.toString(), "--name", name, "--out", out.toString()));
        command.addAll(List.of("--false-alarms-per-hour", Double.toString(task.falseAlarmsPerHour())));
        Path home = UserFolders.chosen();
        if (home != null) {
            command.addAll(List.of("--home", home.toString()));
        }
        Path recordings = words.resolve(task.folder());
        if (Files.isDirectory(recordings)) {
            command.addAll(List.of("--recordings", recordings.toString()));
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File(isWindows() ? "NUL" : "/dev/null")));
        return builder.start();
    }

    private static boolean isWindows() {
        return File.separatorChar == '\\';
    }
}
