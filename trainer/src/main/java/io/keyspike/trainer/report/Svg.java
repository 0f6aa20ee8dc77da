package io.keyspike.trainer.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** One drawing of a page, as SVG written into it: coordinates in pixels of the view box, colours by the page's classes. */
final class Svg {
    private final StringBuilder text = new StringBuilder();

    /** Drawings shrink with the page, and grow to hardly more than this. */
    private static final double LARGEST_SCALE = 1.1;

    /** @param description what a reader who cannot see it is told */
    Svg(double width, double height, String description) {
        text.append(format(
                "<svg viewBox=\"0 0 %s %s\" style=\"max-width:%spx\" role=\"img\" aria-label=\"%s\">%n",
                number(width), number(height), number(LARGEST_SCALE * width), escape(description)));
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        text.append(format(
                "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n",
                style, number(x1), number(y1), number(x2), number(y2)));
    }

    /** @param hint shown while a pointer rests on it; empty for none */
    void circle(String style, double x, double y, double radius, String hint) {
        text.append(format(
                "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\">%s</circle>%n",
                style, number(x), number(y), number(radius), title(hint)));
    }

    /** @param opacity of its fill, 0 to 1 */
    void rectangle(String style, double x, double y, double width, double height, double opacity, String hint) {
        text.append(format(
                "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill-opacity=\"%s\">%s</rect>%n",
                style, number(x), number(y), number(width), number(height), number(opacity), title(hint)));
    }

    /** @param data as SVG paths have it; {@link #number} keeps it short */
    void path(String style, CharSequence data) {
        text.append(format("<path class=\"%s\" d=\"%s\"/>%n", style, data));
    }

    /** @param anchor start, middle or end */
    void words(String style, String anchor, double x, double y, String words) {
        text.append(format(
                "<text class=\"%s\" text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>%n",
                style, anchor, number(x), number(y), escape(words)));
    }

    /** Upwards, along a vertical axis. */
    void wordsUpwards(String style, double x, double y, String words) {
        text.append(format(
                "<text class=\"%s\" text-anchor=\"middle\" transform=\"translate(%s %s) rotate(-90)\">%s</text>%n",
                style, number(x), number(y), escape(words)));
    }

    /** Slanting down to a point, below a horizontal axis. */
    void wordsAslant(String style, double x, double y, String words) {
        text.append(format(
                "<text class=\"%s\" text-anchor=\"end\" transform=\"translate(%s %s) rotate(-40)\">%s</text>%n",
                style, number(x), number(y), escape(words)));
    }

    String end() {
        return text + "</svg>\n";
    }

    /** At most two decimals. */
    static String number(double value) {
        String words = String.format(Locale.ROOT, "%.2f", value);
        int end = words.length();
        while (words.charAt(end - 1) == '0') {
            end--;
        }
        return words.substring(0, words.charAt(end - 1) == '.' ? end - 1 : end);
    }

    /** A small number without zeros at its end. */
    static String trimmed(double value) {
        return BigDecimal.valueOf(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    static String escape(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String title(String hint) {
        return hint.isEmpty() ? "" : "<title>" + escape(hint) + "</title>";
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern.replace("%n", "\n"), values);
    }
}
