package io.keyspike.app.cli.shared;

import java.io.PrintWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text from outside (device ids, labels, names of microphones) for a terminal or a text log. */
public final class Printable {

    private Printable() {}

    /**
     * Shows every character that a terminal acts on as an escape, so that text from outside can neither begin a line of its
     * own nor move the cursor, recolour or clear the screen: C0 and C1 controls, DEL, line and paragraph separators, and
     * characters that reorder or hide text.
     *
     * @return the same text if there is nothing to escape
     */
    public static String line(String text) {
        return escaped(text, false);
    }

    /** As {@link #line}, for text of several lines: line ends and tabs stay. */
    public static String text(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean keepsLines) {
        int first = 0;
        while (first < text.length() && !isEscaped(text.charAt(first), keepsLines)) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        var escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            append(escaped, text.charAt(i), keepsLines);
        }
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, char c, boolean keepsLines) {
        if (!isEscaped(c, keepsLines)) {
            escaped.append(c);
            return;
        }
        switch (c) {
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            default -> escaped.append(String.format("\\u%04x", (int) c));
        }
    }

    private static boolean isEscaped(char c, boolean keepsLines) {
        if (c >= ' ' && c <= '~') {
            return false;
        }
        return isActive(c) && !(keepsLines && (c == '\n' || c == '\r' || c == '\t'));
    }

    private static boolean isActive(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT -> true;
            default -> false;
        };
    }

    /**
     * The same writer with everything escaped that {@link #text} escapes, but for the colours and the cleared line of our own
     * output. A net below {@link #line}: what a command prints by mistake cannot take over the terminal.
     */
    public static PrintWriter terminal(PrintWriter to) {
        return to instanceof Net ? to : new Net(to);
    }

    private static final class Net extends PrintWriter {

        /** Colours and "clear this line". */
        private static final Pattern OURS = Pattern.compile("\u001b\\[(?:[0-9;]*m|2K)");

        Net(PrintWriter to) {
            super(to, true); // flushes at line ends, as the writers of the command line do
        }

        @Override
        public void write(String text, int offset, int length) {
            String part = text.substring(offset, offset + length);
            if (part.indexOf('\u001b') < 0) {
                raw(Printable.text(part));
                return;
            }
            var kept = new StringBuilder();
            Matcher ours = OURS.matcher(part);
            int at = 0;
            while (ours.find()) {
                kept.append(Printable.text(part.substring(at, ours.start()))).append(ours.group());
                at = ours.end();
            }
            raw(kept.append(Printable.text(part.substring(at))).toString());
        }

        @Override
        public void write(String text) {
            write(text, 0, text.length());
        }

        @Override
        public void write(char[] text, int offset, int length) {
            write(new String(text, offset, length));
        }

        @Override
        public void write(int c) {
            write(String.valueOf((char) c));
        }

        private void raw(String text) {
            super.write(text, 0, text.length());
        }
    }
}
