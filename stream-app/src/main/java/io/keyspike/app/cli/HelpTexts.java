package io.keyspike.app.cli;

import io.keyspike.app.cli.shared.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * What the help of every command has: {@code --help} and {@code --version}, marks on required options, examples from {@code
 * examples.txt}, and the exit codes.
 */
final class HelpTexts {

    /** Wider lines are hard to read, and wrapped again by a terminal of the usual width. */
    static final int WIDTH = 100;

    private static final String INDENT = "  ";
    private static final Map<String, String> EXIT_CODES = exitCodes();
    private static final Map<String, List<String>> EXAMPLES = readExamples();

    private HelpTexts() {}

    /** Adds all of that to a command and its subcommands. */
    static void complete(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        spec.mixinStandardHelpOptions(true).versionProvider(new BuildVersion());
        boolean required = spec.options().stream().anyMatch(OptionSpec::required);
        UsageMessageSpec usage = spec.usageMessage();
        usage.exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(EXIT_CODES)
                .requiredOptionMarker('*')
                .optionListHeading(required ? "%nOptions (* required):%n" : "%nOptions:%n")
                .sortOptions(false)
                .width(WIDTH)
                .abbreviateSynopsis(true);
        List<String> examples = examples(spec);
        if (!examples.isEmpty()) {
            usage.footerHeading("%nExamples:%n");
            usage.footer(examples.stream()
                    .map(example -> INDENT + example.replace("%", "%%"))
                    .toArray(String[]::new));
        }
        var keys = new ArrayList<>(line.getHelpSectionKeys());
        keys.removeAll(List.of(
                UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING, UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST));
        keys.addAll(List.of(
                UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING, UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST));
        line.setHelpSectionKeys(keys);
        line.getSubcommands().values().forEach(HelpTexts::complete);
    }

    /** The examples of a command, each a command line that may end with a comment; empty if there are none. */
    static List<String> examples(CommandSpec spec) {
        return EXAMPLES.getOrDefault(spec.qualifiedName(), List.of());
    }

    /** Lines that are not indented name a command; indented ones below it are its examples. */
    private static Map<String, List<String>> readExamples() {
        var examples = new LinkedHashMap<String, List<String>>();
        try (InputStream in = Objects.requireNonNull(HelpTexts.class.getResourceAsStream("examples.txt"));
                var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            List<String> current = new ArrayList<>();
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                if (text.isBlank()) {
                    continue;
                }
                if (text.startsWith(INDENT)) {
                    current.add(text.strip());
                } else {
                    current = new ArrayList<>();
                    examples.put(text.strip(), current);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return examples;
    }

    private static Map<String, String> exitCodes() {
        var codes = new LinkedHashMap<String, String>();
        codes.put(" " + ExitCode.OK, "success");
        codes.put(" " + ExitCode.FAILED, "failure, such as a missed word or a file that is not valid");
        codes.put(" " + ExitCode.USAGE, "invalid command line, or a file, folder or model that does not exist");
        codes.put(
                " " + ExitCode.ENVIRONMENT,
                "something required is missing: a microphone, a broker, room on the disk, a free port");
        codes.put(String.valueOf(ExitCode.INTERRUPTED), "interrupted with Ctrl-C");
        return codes;
    }
}
