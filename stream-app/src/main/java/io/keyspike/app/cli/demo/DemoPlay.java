package io.keyspike.app.cli.demo;

import io.keyspike.app.cli.shared.StopSignal;
import io.keyspike.app.kafka.wire.FramePublisher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs the devices of the demo, each in its own thread. There is one act per model, and all devices finish an act before the
 * next one begins.
 */
final class DemoPlay implements AutoCloseable {

    private record Act(CountDownLatch begun, CountDownLatch finished) {}

    private final List<String> models;
    private final Map<String, DemoDevice> devices = new LinkedHashMap<>();
    private final List<Act> acts = new ArrayList<>();
    private final List<DemoSentence> sentences;
    private final StopSignal running;
    private final ExecutorService threads;
    private final List<Future<?>> work = new ArrayList<>();

    DemoPlay(List<DemoSentence> sentences, FramePublisher publisher, boolean realTime, StopSignal running) {
        this.sentences = sentences;
        this.running = running;
        models = sentences.stream().map(DemoSentence::model).distinct().toList();
        List<String> names =
                sentences.stream().map(DemoSentence::device).distinct().toList();
        for (int i = 0; i < models.size(); i++) {
            acts.add(new Act(new CountDownLatch(1), new CountDownLatch(names.size())));
        }
        threads = Executors.newFixedThreadPool(names.size());
        for (String name : names) {
            DemoDevice device = new DemoDevice(publisher, name, realTime, running);
            devices.put(name, device);
            work.add(threads.submit(() -> {
                play(name, device);
                return null;
            }));
        }
    }

    /** Models of the acts, in order. */
    List<String> models() {
        return models;
    }

    private void play(String name, DemoDevice device) throws IOException, InterruptedException {
        for (int i = 0; i < acts.size(); i++) {
            Act act = acts.get(i);
            device.waitFor(() -> act.begun().getCount() == 0);
            act.begun().await();
            for (DemoSentence sentence : sentences) {
                if (sentence.device().equals(name) && sentence.model().equals(models.get(i))) {
                    device.hear(sentence.file());
                }
            }
            act.finished().countDown();
        }
    }

    /**
     * Plays an act to its end.
     *
     * @return false if interrupted before the end
     * @throws IOException if a device failed
     */
    boolean act(int index) throws IOException, InterruptedException {
        acts.get(index).begun().countDown();
        while (running.getAsBoolean()) {
            for (Future<?> each : work) {
                if (each.isDone()) {
                    check(each);
                }
            }
            if (acts.get(index).finished().await(50, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private static void check(Future<?> work) throws IOException, InterruptedException {
        try {
            work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        }
    }

    /** Number of frames sent by all devices. */
    long frames() {
        return devices.values().stream().mapToLong(DemoDevice::frames).sum();
    }

    /** Stops the devices. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
