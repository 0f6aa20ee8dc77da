package io.keyspike.app.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.app.cli.shared.WordComparison;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of the demo.
 *
 * @param lines one per device and model
 * @param latenciesMillis of every event, from the capture of the deciding sample to the arrival of the event
 * @param framesSent by all devices
 * @param framesHeard processed by the service
 * @param realTime whether audio was sent in real time; if not, latencies are meaningless
 */
record DemoReport(
        List<Line> lines,
        List<Double> latenciesMillis,
        long framesSent,
        long framesHeard,
        List<DemoFigures.Activity> activities,
        boolean realTime,
        double seconds) {

    /** Expected and detected words of one device with one model. */
    record Line(String device, String modelVersion, WordComparison words) {}

    /** Whether every expected word was detected, and no frame was lost or duplicated. */
    boolean passed() {
        return lines.stream().allMatch(l -> l.words().missing().isEmpty()) && framesHeard == framesSent;
    }

    /** The {@code share}-quantile (nearest rank) of the latencies; NaN if there are none. */
    double latencyMillis(double share) {
        double[] sorted = latenciesMillis.stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(rank, 1) - 1];
    }

    private int expected() {
        return lines.stream().mapToInt(l -> l.words().expected().size()).sum();
    }

    private int matched() {
        return lines.stream().mapToInt(l -> l.words().matched()).sum();
    }

    private int extra() {
        return lines.stream().mapToInt(l -> l.words().extra().size()).sum();
    }

    void print(PrintWriter out) {
        int[] widths = {"device".length(), "expected".length(), "detected".length()};
        for (Line line : lines) {
            widths[0] = Math.max(widths[0], line.device().length());
            widths[1] = Math.max(widths[1], joined(line.words().expected()).length());
            widths[2] = Math.max(widths[2], joined(line.words().heard()).length());
        }
        String row = Arrays.stream(widths).mapToObj(w -> "%-" + w + "s").collect(Collectors.joining("   ")) + "   %s%n";
        out.println();
        out.printf(row, "device", "expected", "detected", "");
        for (Line line : lines) {
            out.printf(
                    row,
                    line.device(),
                    joined(line.words().expected()),
                    joined(line.words().heard()),
                    verdict(line.words()));
        }
        out.println();
        out.printf(
                Locale.ROOT,
                "%d of %d words detected, %d spurious; %d frames sent, %d processed; %.0f s%n",
                matched(),
                expected(),
                extra(),
                framesSent,
                framesHeard,
                seconds);
        if (realTime) {
            out.printf(
                    Locale.ROOT,
                    "latency through Kafka: median %.0f ms, 95th percentile %.0f ms%n",
                    latencyMillis(0.5),
                    latencyMillis(0.95));
        }
        for (DemoFigures.Activity activity : activities) {
            out.printf(
                    Locale.ROOT,
                    "%s: firing rates %s; estimated chip power %.0f nW%n",
                    activity.version(),
                    activity.firingRates().entrySet().stream()
                            .map(e -> String.format(Locale.ROOT, "%s %.1f %%", e.getKey(), 100 * e.getValue()))
                            .collect(Collectors.joining(", ")),
                    activity.chipWatts() * 1e9);
        }
        out.flush();
    }

    private static String verdict(WordComparison words) {
        String missing = words.missing().isEmpty() ? "" : "missing: " + joined(words.missing());
        String extra = words.extra().isEmpty() ? "" : "spurious: " + joined(words.extra());
        String both = missing + (missing.isEmpty() || extra.isEmpty() ? "" : "; ") + extra;
        return both.isEmpty() ? "ok" : both;
    }

    private static String joined(List<String> words) {
        return String.join(" ", words);
    }

    /** The report as a JSON object. */
    ObjectNode json() {
        var mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode()
                .put("passed", passed())
                .put("expected", expected())
                .put("heard", matched())
                .put("extra", extra())
                .put("framesSent", framesSent)
                .put("framesHeard", framesHeard)
                .put("seconds", seconds);
        if (realTime && !latenciesMillis.isEmpty()) {
            root.putObject("latencyMillis").put("median", latencyMillis(0.5)).put("p95", latencyMillis(0.95));
        }
        ArrayNode sentences = root.putArray("sentences");
        for (Line line : lines) {
            ObjectNode sentence =
                    sentences.addObject().put("device", line.device()).put("model", line.modelVersion());
            put(sentence, "expected", line.words().expected());
            put(sentence, "heard", line.words().heard());
            put(sentence, "missing", line.words().missing());
            put(sentence, "extra", line.words().extra());
        }
        ArrayNode models = root.putArray("models");
        for (DemoFigures.Activity activity : activities) {
            ObjectNode model =
                    models.addObject().put("version", activity.version()).put("chipWatts", activity.chipWatts());
            ObjectNode rates = model.putObject("firingRates");
            for (Map.Entry<String, Double> rate : activity.firingRates().entrySet()) {
                rates.put(rate.getKey(), rate.getValue());
            }
        }
        return root;
    }

    private static void put(ObjectNode node, String name, List<String> words) {
        ArrayNode array = node.putArray(name);
        words.forEach(array::add);
    }
}
