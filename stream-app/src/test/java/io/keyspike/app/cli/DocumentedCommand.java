package io.keyspike.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A line of the documentation that calls {@code keyspike}.
 *
 * @param page its file, relative to the repository
 * @param line as a shell would be given it, without comment
 */
record DocumentedCommand(String page, String line) {

    private static final Path ROOT = Path.of(System.getProperty("keyspike.root", ".."));

    /** Where a command begins: at the start, or behind a pipe or {@code &&}. */
    private static final Pattern CALL = Pattern.compile("(?:^|[|&]\\s*)(?:\\./)?keyspike\\s+([^|&]*)");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    /** What follows a command in the same line as its explanation: set off by spaces, and neither option nor name. */
    private static final Pattern EXPLANATION = Pattern.compile("\\s{3,}(?=[a-z].*)(?!.*--).*$");

    /** All of README and docs, in reading order. */
    static List<DocumentedCommand> all() throws IOException {
        var pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (var docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        var commands = new ArrayList<DocumentedCommand>();
        for (Path page : pages) {
            commands.addAll(of(ROOT.relativize(page).toString(), Files.readString(page, StandardCharsets.UTF_8)));
        }
        return commands;
    }

    /** Those in code of a page: in fences of shells or without a language, or indented by four spaces. */
    static List<DocumentedCommand> of(String page, String text) {
        var commands = new ArrayList<DocumentedCommand>();
        String fence = null;
        var continued = new StringBuilder();
        for (String line : text.lines().toList()) {
            if (line.startsWith("```")) {
                fence = fence == null ? line.substring(3).strip() : null;
                continue;
            }
            boolean code = fence == null ? line.startsWith("    ") : fence.isEmpty() || fence.equals("sh");
            if (!code) {
                continue;
            }
            String part = line.replaceFirst("(?:^|\\s)#.*$", "").strip();
            continued.append(part.replaceFirst("\\\\$", ""));
            if (!part.endsWith("\\")) {
                String whole = EXPLANATION.matcher(continued).replaceFirst("").strip();
                continued.setLength(0);
                if (CALL.matcher(whole).find()) {
                    commands.add(new DocumentedCommand(page, whole));
                }
            }
        }
        return commands;
    }

    /** The arguments of each call of {@code keyspike} in the line. */
    List<List<String>> calls() {
        var calls = new ArrayList<List<String>>();
        Matcher call = CALL.matcher(line);
        while (call.find()) {
            var words = new ArrayList<String>();
            Matcher word = WORD.matcher(call.group(1));
            while (word.find()) {
                words.add(Stream.of(word.group(1), word.group(2), word.group(3))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElseThrow());
            }
            calls.add(words);
        }
        return calls;
    }

    @Override
    public String toString() {
        return page + ": " + line;
    }
}
