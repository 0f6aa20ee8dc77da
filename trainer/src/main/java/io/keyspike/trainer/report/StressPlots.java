package io.keyspike.trainer.report;

import io.keyspike.trainer.chip.ChipStress;
import io.keyspike.trainer.chip.ChipStress.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Accuracy on imperfect chips, as PNG. */
public final class StressPlots {

    private static final int WIDTH = 800;
    private static final int HEIGHT = 420;

    private StressPlots() {}

    /** Writes {@code mismatch.png}, {@code spreads.png} and {@code bits.png}. */
    public static void write(Path folder, ChipStress.Report report) throws IOException {
        Chart mismatch = chart("Sampled chips: all spreads together", "multiple of the profile's sigma");
        List<Point> all = from(report.ideal(), report.mismatch());
        for (double q : new double[] {0.05, 0.25, 0.5, 0.75, 0.95}) {
            quantile(mismatch, Math.round(100 * q) + " % of chips below", all, q);
        }
        Pictures.save(folder.resolve("mismatch.png"), List.of(mismatch));

        Chart spreads = chart("Sampled chips: 5 % quantile, one spread at a time", "multiple of the profile's sigma");
        quantile(spreads, "weights", from(report.ideal(), report.weights()), 0.05);
        quantile(spreads, "thresholds", from(report.ideal(), report.thresholds()), 0.05);
        quantile(spreads, "time constants", from(report.ideal(), report.leaks()), 0.05);
        quantile(spreads, "all", all, 0.05);
        Pictures.save(folder.resolve("spreads.png"), List.of(spreads));

        Chart bits = chart("Weights rounded after training", "bits, including the sign");
        List<Point> rounded = report.bits().subList(0, report.bits().size() - 1);
        quantile(bits, "rounded", rounded, 0.5);
        double[] ends = {rounded.getFirst().amount(), rounded.getLast().amount()};
        double asTrained = 100 * report.bits().getLast().quantile(0.5);
        bits.add("as trained", ends, new double[] {asTrained, asTrained});
        Pictures.save(folder.resolve("bits.png"), List.of(bits));
    }

    private static List<Point> from(Point ideal, List<Point> points) {
        var all = new ArrayList<>(List.of(ideal));
        all.addAll(points);
        return all;
    }

    private static Chart chart(String title, String x) {
        return Chart.lines(title, x, "accuracy, %", WIDTH, HEIGHT);
    }

    private static void quantile(Chart chart, String name, List<Point> points, double q) {
        chart.add(
                name,
                points.stream().mapToDouble(Point::amount).toArray(),
                points.stream().mapToDouble(p -> 100 * p.quantile(q)).toArray());
    }
}
