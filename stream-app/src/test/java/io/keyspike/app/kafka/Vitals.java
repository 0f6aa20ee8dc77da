package io.keyspike.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a process occupies at a moment.
 *
 * @param heapMiB of its heap after a full collection
 * @param rssMiB of physical memory
 * @param threads of the operating system
 * @param files open descriptors
 * @param series of meters at its address; 0 where it has no meters
 */
record Vitals(double heapMiB, double rssMiB, int threads, int files, int series) {

    private static final double KIB_PER_MIB = 1024;
    /** Of the serial collector, which {@link JavaProcess} asks for. */
    private static final Pattern TENURED = Pattern.compile("Tenured .*?used (\\d+)K");

    /** Needs Linux's {@code /proc}, and {@code jcmd} of this JDK. */
    static Vitals of(JavaProcess process, @Nullable URI metrics) {
        try {
            Path proc = Path.of("/proc", String.valueOf(process.pid()));
            double heap = heapMiB(process.pid());
            int files;
            try (var open = Files.list(proc.resolve("fd"))) {
                files = (int) open.count();
            }
            List<String> status = Files.readAllLines(proc.resolve("status"));
            return new Vitals(
                    heap,
                    number(status, "VmRSS:") / KIB_PER_MIB,
                    (int) number(status, "Threads:"),
                    files,
                    metrics == null ? 0 : series(metrics));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static double number(List<String> status, String name) {
        String line =
                status.stream().filter(l -> l.startsWith(name)).findFirst().orElseThrow();
        return Double.parseDouble(
                line.substring(name.length()).replace("kB", "").strip());
    }

    /** What a full collection has left in the old generation; the young one fills again at once. */
    private static double heapMiB(long pid) throws IOException {
        jcmd(pid, "GC.run");
        String printed = jcmd(pid, "GC.heap_info");
        Matcher used = TENURED.matcher(printed);
        assertThat(used.find()).as(printed).isTrue();
        return Double.parseDouble(used.group(1)) / KIB_PER_MIB;
    }

    private static String jcmd(long pid, String command) throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(pid),
                        command)
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor()).as(printed).isZero();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return printed;
    }

    private static int series(URI metrics) throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return (int) response.body()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .count();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Requires that nothing grows between the second and the last quarter of the samples. The first quarter may: caches fill,
     * code is compiled, threads are started.
     */
    static void assertFlat(String what, List<Vitals> samples) {
        assertThat(samples).hasSizeGreaterThanOrEqualTo(8);
        // RocksDB and malloc give memory back when it suits them: a level, and no more than a level.
        flat(what + ": heap after collection, MiB", samples, Vitals::heapMiB, 1.1, 4);
        flat(what + ": resident memory, MiB", samples, Vitals::rssMiB, 1.1, 24);
        flat(what + ": threads", samples, Vitals::threads, 1, 2);
        flat(what + ": open files", samples, Vitals::files, 1, 8);
        flat(what + ": series", samples, Vitals::series, 1, 0.5);
    }

    private static void flat(
            String what, List<Vitals> samples, ToDoubleFunction<Vitals> value, double factor, double more) {
        int quarter = samples.size() / 4;
        double before = mean(samples.subList(quarter, 2 * quarter), value);
        double after = mean(samples.subList(samples.size() - quarter, samples.size()), value);
        System.out.printf(Locale.ROOT, "steady: %s: %.1f, then %.1f%n", what, before, after);
        assertThat(after).as(what + " of " + samples).isLessThanOrEqualTo(before * factor + more);
    }

    private static double mean(List<Vitals> samples, ToDoubleFunction<Vitals> value) {
        return samples.stream().mapToDouble(value).average().orElseThrow();
    }
}
