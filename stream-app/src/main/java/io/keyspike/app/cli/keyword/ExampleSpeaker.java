package io.keyspike.app.cli.keyword;

import io.keyspike.app.cli.shared.SpokenClip;
import io.keyspike.trainer.common.Progress;
import io.keyspike.voices.SpeechEngines;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Speaks the examples of a plan into a folder in the layout of Speech Commands. What has been spoken already is kept, so that a
 * run that was interrupted goes on where it was: {@value #SPOKEN} says what each file is.
 */
final class ExampleSpeaker {

    static final String SPOKEN = "examples.tsv";

    private final Path folder;
    private final int threads;
    private final Progress progress;
    private final BooleanSupplier goOn;

    ExampleSpeaker(Path folder, int threads, Progress progress, BooleanSupplier goOn) {
        this.folder = folder;
        this.threads = threads;
        this.progress = progress;
        this.goOn = goOn;
    }

    /**
     * What came of it.
     *
     * @param spoken examples that are there now
     * @param made those of them that were made in this run
     * @param failed examples that an engine could not speak, one line each
     * @param complete false if it was stopped
     */
    record Result(List<Example> spoken, int made, List<String> failed, boolean complete) {}

    /**
     * Speaks what is missing, and removes what is not of the plan.
     *
     * @throws IOException if files cannot be written
     */
    Result speak(ExamplePlan plan, SpeechEngines engines) throws IOException {
        Files.createDirectories(folder);
        Set<String> known = known();
        removeOthers(plan, known);
        List<Example> missing = plan.examples().stream()
                .filter(example -> !known.contains(example.line()) || !Files.exists(folder.resolve(example.path())))
                .toList();
        for (Example example : missing) {
            Files.createDirectories(folder.resolve(example.folder()));
        }
        var failed = new ArrayList<String>();
        var unspoken = new HashSet<Example>();
        var next = new AtomicInteger();
        var done = new AtomicInteger();
        try (BufferedWriter notes =
                Files.newBufferedWriter(folder.resolve(SPOKEN), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            var workers = new ArrayList<Thread>();
            var broken = new ArrayList<RuntimeException>();
            for (int t = 0; t < threads; t++) {
                workers.add(Thread.ofPlatform().name("speaker-" + t).start(() -> {
                    for (int i = next.getAndIncrement();
                            i < missing.size() && goOn.getAsBoolean();
                            i = next.getAndIncrement()) {
                        Example example = missing.get(i);
                        try {
                            String why = SpokenClip.write(
                                    engines,
                                    example.voice(),
                                    example.text(),
                                    example.speed(),
                                    folder.resolve(example.path()));
                            synchronized (notes) {
                                if (why == null) {
                                    notes.write(example.line() + "\n");
                                    notes.flush();
                                } else {
                                    failed.add(why);
                                    unspoken.add(example);
                                }
                                progress.advanced("speaking examples", done.incrementAndGet(), missing.size());
                            }
                        } catch (IOException | RuntimeException e) {
                            synchronized (notes) {
                                broken.add(
                                        e instanceof RuntimeException r
                                                ? r
                                                : new UncheckedIOException((IOException) e));
                            }
                            next.set(missing.size());
                        }
                    }
                }));
            }
            join(workers);
            if (!broken.isEmpty()) {
                throw broken.getFirst();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        boolean complete = done.get() == missing.size();
        List<Example> spoken = plan.examples().stream()
                .filter(example -> !unspoken.contains(example) && Files.exists(folder.resolve(example.path())))
                .toList();
        return new Result(spoken, done.get() - failed.size(), failed, complete);
    }

    private static void join(List<Thread> workers) throws IOException {
        try {
            for (Thread worker : workers) {
                worker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while speaking examples", e);
        }
    }

    private Set<String> known() throws IOException {
        Path notes = folder.resolve(SPOKEN);
        return Files.exists(notes) ? new HashSet<>(Files.readAllLines(notes)) : Set.of();
    }

    /** Removes what an earlier run with another plan spoke, so that it is not taken for training. */
    private void removeOthers(ExamplePlan plan, Set<String> known) throws IOException {
        Set<String> wanted = new HashSet<>();
        plan.examples().stream()
                .filter(example -> known.contains(example.line()))
                .forEach(example -> wanted.add(example.path()));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String path = folder.relativize(file).toString().replace('\\', '/');
                if (path.contains("/") && !wanted.contains(path)) {
                    Files.delete(file);
                }
            }
        }
        List<String> kept = plan.examples().stream()
                .filter(example -> known.contains(example.line()) && Files.exists(folder.resolve(example.path())))
                .map(Example::line)
                .toList();
        Files.write(folder.resolve(SPOKEN), kept);
    }
}
