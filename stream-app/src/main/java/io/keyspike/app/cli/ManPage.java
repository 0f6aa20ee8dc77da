package io.keyspike.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of a command, in the macros of {@code man(7)}, from what its help says. */
final class ManPage {

    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    /** The name of the page: the words of the command with hyphens. */
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /** The whole page. */
    static String of(CommandSpec command) {
        var page = new ManPage();
        page.write(command);
        return page.page.toString();
    }

    private void write(CommandSpec command) {
        String[] description = command.usageMessage().description();
        String name = name(command);
        macro("TH", name.toUpperCase(Locale.ROOT), "1", "", "keyspike", "Keyspike");
        macro("SH", "NAME");
        text(name + " - " + summary(description));
        macro("SH", "SYNOPSIS");
        synopsis(command);
        macro("SH", "DESCRIPTION");
        for (String paragraph : description) {
            if (!paragraph.isBlank()) {
                macro("PP");
                text(resolved(command, paragraph));
            }
        }
        arguments(command);
        subcommands(command);
        examples(command);
        macro("SH", "EXIT STATUS");
        for (Map.Entry<String, String> code :
                command.usageMessage().exitCodeList().entrySet()) {
            tagged(code.getKey().strip(), code.getValue());
        }
        seeAlso(command);
    }

    /** A first sentence without its full stop, as pages have it after their name. */
    private static String summary(String[] description) {
        String first = description.length == 0 ? "" : description[0].strip();
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        sentence = sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return sentence.replace("%n", "").replace("%%", "%").strip();
    }

    private void synopsis(CommandSpec command) {
        var words = new StringBuilder("\\fB" + escaped(command.qualifiedName()) + "\\fR [\\fIOPTIONS\\fR]");
        for (OptionSpec option : command.options()) {
            if (option.required()) {
                words.append(" \\fB").append(escaped(option.longestName())).append("\\fR=\\fI");
                words.append(escaped(option.paramLabel())).append("\\fR");
            }
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            String label = "\\fI" + escaped(parameter.paramLabel()) + "\\fR";
            words.append(' ').append(parameter.required() ? label : "[" + label + "]");
        }
        if (!command.subcommands().isEmpty()) {
            words.append(" \\fICOMMAND\\fR");
        }
        page.append(words).append('\n');
    }

    private void arguments(CommandSpec command) {
        macro("SH", "OPTIONS");
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            tagged("\\fI" + escaped(parameter.paramLabel()) + "\\fR", description(command, parameter));
        }
        for (OptionSpec option : command.options()) {
            if (option.hidden()) {
                continue;
            }
            var names = new ArrayList<String>();
            for (String name : option.names()) {
                String shown = option.negatable() ? name.replaceFirst("^--", "--[no-]") : name;
                names.add("\\fB" + escaped(shown) + "\\fR");
            }
            boolean takesValue = option.arity().max() > 0;
            String value = takesValue ? "=\\fI" + escaped(option.paramLabel()) + "\\fR" : "";
            String required = option.required() ? " (required)" : "";
            tagged(String.join(", ", names) + value + required, description(command, option));
        }
    }

    private static String description(CommandSpec command, ArgSpec argument) {
        return resolved(command, String.join(" ", argument.description()))
                .replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString()))
                .replace("${COMPLETION-CANDIDATES}", candidates(argument));
    }

    private static String candidates(ArgSpec argument) {
        var all = new ArrayList<String>();
        Iterable<String> candidates = argument.completionCandidates();
        if (candidates != null) {
            candidates.forEach(all::add);
        }
        return String.join(", ", all);
    }

    private void subcommands(CommandSpec command) {
        List<CommandSpec> shown = shown(command);
        if (shown.isEmpty()) {
            return;
        }
        macro("SH", "COMMANDS");
        for (CommandSpec sub : shown) {
            tagged(
                    "\\fB" + escaped(sub.name()) + "\\fR",
                    summary(sub.usageMessage().description()) + ".");
        }
    }

    private static List<CommandSpec> shown(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(sub -> !sub.usageMessage().hidden())
                .toList();
    }

    private void examples(CommandSpec command) {
        List<String> examples = HelpTexts.examples(command);
        if (examples.isEmpty()) {
            return;
        }
        macro("SH", "EXAMPLES");
        macro("EX");
        examples.forEach(this::text);
        macro("EE");
    }

    private void seeAlso(CommandSpec command) {
        var pages = new ArrayList<String>();
        if (command.parent() != null) {
            pages.add(name(command.parent()));
        }
        shown(command).forEach(sub -> pages.add(name(sub)));
        if (!pages.isEmpty()) {
            macro("SH", "SEE ALSO");
            page.append(String.join(
                            ",\n",
                            pages.stream()
                                    .map(name -> "\\fB" + escaped(name) + "\\fR(1)")
                                    .toList()))
                    .append('\n');
        }
    }

    private static String resolved(CommandSpec command, String text) {
        return text.replace("%n", " ").replace("%%", "%").replace("${COMMAND-FULL-NAME}", command.qualifiedName());
    }

    private void macro(String macro, String... arguments) {
        page.append('.').append(macro);
        for (String argument : arguments) {
            page.append(" \"").append(escaped(argument)).append('"');
        }
        page.append('\n');
    }

    /** @param tag already escaped */
    private void tagged(String tag, String text) {
        macro("TP");
        page.append(tag).append('\n');
        text(text);
    }

    /** A line of text, which may begin with what would otherwise be a macro. */
    private void text(String text) {
        String line = escaped(text.strip());
        page.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "")
                .append(line)
                .append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
    }
}
