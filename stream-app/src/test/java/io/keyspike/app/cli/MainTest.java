package io.keyspike.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {

    private HomeProperty home = new HomeProperty(null);

    @BeforeEach
    void findShippedModels() {
        home = HomeProperty.set(Path.of(System.getProperty("keyspike.root", "..")));
    }

    @AfterEach
    void restoreHome() {
        home.close();
    }

    /** Every command and subcommand, as words on a command line. */
    static List<List<String>> commands() {
        var all = new ArrayList<List<String>>();
        collect(Main.commandLine(), List.of(), all);
        return all;
    }

    private static void collect(CommandLine line, List<String> path, List<List<String>> all) {
        all.add(path);
        line.getSubcommands().forEach((name, sub) -> {
            var longer = new ArrayList<>(path);
            longer.add(name);
            collect(sub, longer, all);
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldExplainItselfWithExitCodes(List<String> command) {
        var arguments = new ArrayList<>(command);
        arguments.add("--help");

        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("Usage: keyspike")
                .contains("Exit codes:", "invalid command line", "130")
                .contains("--help", "--verbose");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void shouldNameTheVersion() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("keyspike ").contains("Java " + Runtime.version());
    }

    @Test
    void shouldShowWhatThereIsWhenNothingWasAsked() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Usage: keyspike", "listen");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldSuggestTheCommandThatWasMeant() {
        CommandRun run = CommandRun.of("lisen");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("lisen", "Did you mean", "listen");
    }

    @Test
    void shouldNameAnUnknownOptionInOneSentence() {
        CommandRun run = CommandRun.of("listen", "--no-such-thing");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err()).contains("--no-such-thing", "Try 'keyspike listen --help'");
    }

    private static List<CommandLine> lines() {
        var all = new ArrayList<CommandLine>();
        collect(Main.commandLine(), all);
        return all;
    }

    private static void collect(CommandLine line, List<CommandLine> all) {
        all.add(line);
        line.getSubcommands().values().forEach(sub -> collect(sub, all));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldHaveAnExampleThatItUnderstands(CommandLine line) {
        List<String> examples = HelpTexts.examples(line.getCommandSpec());

        assertThat(examples)
                .as("examples.txt, %s", line.getCommandSpec().qualifiedName())
                .isNotEmpty();
        assertThat(examples).anyMatch(e -> e.contains(line.getCommandSpec().qualifiedName()));
        for (String example : examples) {
            Matcher words = Pattern.compile("'[^']*'|\"[^\"]*\"|[^\\s'\"]+")
                    .matcher(example.replaceFirst(".*?(keyspike )", "").replaceFirst("(\\)| {2,}#).*", ""));
            List<String> arguments = words.results()
                    .map(word -> word.group().replaceAll("^['\"]|['\"]$", ""))
                    .toList();
            if (!arguments.contains("COMMAND")) {
                Main.commandLine().parseArgs(arguments.toArray(String[]::new));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldSayOfEachOptionWhatItTakes(CommandLine line) {
        assertThat(line.getCommandSpec().options())
                .allSatisfy(option -> assertThat(option.paramLabel())
                        .as(option.longestName())
                        .satisfies(label -> assertThat(option.arity().max() == 0 || !label.startsWith("<"))
                                .isTrue()));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldSumItselfUpInASentence(CommandLine line) {
        String[] description = line.getCommandSpec().usageMessage().description();

        assertThat(description).isNotEmpty();
        assertThat(description[0].replace("%n", "")).endsWith(".");
    }

    @ParameterizedTest
    @MethodSource("lines")
    void shouldFitTheWidthAndKeepAddressesWhole(CommandLine line) {
        assertThat(line.getUsageMessage(CommandLine.Help.Ansi.OFF).lines())
                .allSatisfy(text -> assertThat(text.length()).isLessThanOrEqualTo(HelpTexts.WIDTH + 20))
                .noneMatch(text -> text.endsWith("http:") || text.endsWith("~/."));
    }

    @Test
    void shouldMarkRequiredOptions() {
        assertThat(CommandRun.of("train", "--help").out())
                .contains("Options (* required):")
                .containsPattern("(?m)^\\* +--config=FILE")
                .containsPattern("(?m)^ +--report=DIR");
    }

    @ParameterizedTest
    @CsvSource({"--modle, --model", "--thresold=yes=1, --threshold", "--jsno, --json"})
    void shouldSuggestTheOptionThatWasMeant(String typed, String meant) {
        assertThat(CommandRun.of("listen", typed).err()).contains("Did you mean: " + meant);
    }

    @Test
    void shouldSuggestTheModelThatWasMeant() {
        CommandRun run = CommandRun.of("models", "inspect", "yes_no");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("no model named 'yes_no', and no such file; did you mean yes-no");
    }

    @Test
    void shouldNameTheCommitOfTheBuild() {
        assertThat(new BuildVersion("1.2", "0123456789ab").getVersion()[0]).isEqualTo("keyspike 1.2 (0123456789ab)");
        assertThat(new BuildVersion(null, null).getVersion()[0]).isEqualTo("keyspike development");
        assertThat(BuildVersion.known("${git.commit.id.abbrev}")).isNull();
        assertThat(BuildVersion.known("0123456789ab")).isEqualTo("0123456789ab");
    }

    /** The same fault, a file that is not there, in every command that reads one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train --config NONE --data . --out x",
                "train --config . --data NONE --out x",
                "train --config . --data . --out x",
                "evaluate yes-no --data NONE",
                "evaluate yes-no --streams NONE",
                "evaluate NONE --data .",
                "calibrate yes-no --streams NONE --name x",
                "streams make --words NONE --out x",
                "inspect yes-no NONE",
                "chip check NONE",
                "chip check yes-no --profile NONE",
                "chip power yes-no --data NONE",
                "models add NONE",
                "models verify NONE",
                "listen --file NONE",
                "listen --token-file NONE --file .",
                "send --bootstrap-servers x:1 --device-id x --properties NONE",
                "stream --properties NONE --bootstrap-servers x:1",
                "demo --sentences NONE",
                "keyword new word --recordings NONE",
                "voices install NONE"
            })
    void shouldEndWithTheSameCodeWhereverAFileIsMissing(String arguments) {
        CommandRun run =
                CommandRun.of(arguments.replace("NONE", "/no/such/place").split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).singleElement().asString().startsWith("keyspike: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "listen --http-port 99999 --page --model yes-no --file ../demo/kitchen-yes-no.wav",
                "listen --duration -1 --file x",
                "stream --threads 0",
                "stream --broker-port 99999",
                "stream --partitions 0",
                "stream --expire-after 7fortnights",
                "evaluate yes-no --threads 0 --data ..",
                "evaluate yes-no --backend vectr --data .."
            })
    void shouldNameTheOptionWhoseValueIsOutOfRange(String arguments) {
        CommandRun run = CommandRun.of(arguments.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .containsPattern("keyspike: .*--[a-z-]+.*expected .*, found")
                .doesNotContain("Exception", "java.");
    }

    /** What the parser refuses, in the words of every other error, and never in those of the library or of Java. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen --rate abc --stdin | --rate: expected a whole number, found 'abc'",
                "listen --duration abc | --duration: expected a number, found 'abc'",
                "listen --json=maybe | --json: expected no value, found 'maybe'",
                "listen --threshold yes | --threshold: expected WORD=SCORE, found 'yes'",
                "listen --threshold yes=high | --threshold: expected a number or 'never' for yes, found high",
                "listen --device-id | --device-id: expected ID, found nothing",
                "listen --file | --file: expected FILE, found nothing",
                "listen --model a --model b | --model: expected once, found again",
                "completion fish | SHELL: expected bash or zsh, found 'fish'",
                "completion | expected SHELL, found nothing",
                "train | expected --data=DIR, --config=FILE and --out=FILE, found nothing",
                "inspect | expected MODEL and AUDIO, found nothing",
                "evaluate yes-no | expected --data=DIR or --streams=DIR, found neither",
                "evaluate yes-no --data . --streams . | expected only one of --data, --streams, found more",
                "evaluate yes-no --data . --split foo | --split: expected training, validation, testing or all, found 'foo'",
                "evaluate yes-no --data . --backend gpu | --backend: expected one of [vector, scalar, tornado], found 'gpu'",
                "models | expected a command: one of list, inspect, verify, use, rollback, add, publish, shadow, compare, remove",
                "voices install | expected a folder DIR or --from-registry"
            })
    void shouldSayWhatItExpectedAndWhatItFound(String arguments, String sentence) {
        CommandRun run = CommandRun.of(arguments.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines().findFirst()).hasValue("keyspike: " + sentence);
    }

    /** A file where a folder must be, a folder where a file is to be written: said before anything is done. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--home FILE models list | --home: expected a folder, found the file FILE",
                "models list --models FILE | --models: expected a folder, found the file FILE",
                "cache --cache FILE/below | --cache: expected a folder, found the file FILE",
                "train --config FILE --data . --out x --report FILE | --report: expected a folder, found the file FILE",
                "train --config FILE --data . --out . | --out: expected a file to write, found the folder .",
                "inspect yes-no FILE --out FILE | --out: expected a folder, found the file FILE",
                "evaluate yes-no --streams . --det . | --det: expected a file to write, found the folder .",
                "evaluate yes-no --streams . --det FILE/x.png | --det: expected a file to write, found the file FILE",
                "stream --state-dir FILE | --state-dir: expected a folder, found the file FILE",
                "convert yes-no . | TO: expected a file to write, found the folder .",
                "convert yes-no x.foo | TO: expected a name that ends in .nir, .json, .safetensors or .npz, found x.foo",
                "keyword new hello --from nope | no model named 'nope', and no such file"
            })
    void shouldRefuseWhatItCannotWriteToBeforeItBegins(String arguments, String sentence, @TempDir Path folder)
            throws IOException {
        String file = Files.writeString(folder.resolve("text"), "x").toString();

        CommandRun run = CommandRun.of(arguments.replace("FILE", file).split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("keyspike: " + sentence.replace("FILE", file));
    }
}
