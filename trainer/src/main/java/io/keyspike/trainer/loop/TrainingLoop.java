package io.keyspike.trainer.loop;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.config.LoopConfig;
import io.keyspike.trainer.evaluate.PopulationReadout;
import io.keyspike.trainer.features.Batch;
import io.keyspike.trainer.features.BatchLoader;
import io.keyspike.trainer.features.BatchSource;
import io.keyspike.trainer.layers.Parameter;
import io.keyspike.trainer.layers.TrainableNetwork;
import io.keyspike.trainer.loss.LossParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Epochs of batches, validation after each, the best or last weights in the end; stops and goes on at any batch. */
final class TrainingLoop {
    private final LoopConfig config;
    private final int population;
    private final TrainableNetwork network;
    private final TrainingStep step;
    private final BatchSource batches;
    private final int trainingClips;
    private final Validation validation;
    private final @Nullable Averages averages;
    private final TrainingOptions options;
    private final String checkpointKey;
    private final TrainingListener listener;

    /** What the batches of a taken-up epoch depend on; null where it begins with its first batch. */
    private @Nullable List<float[]> batchState;

    private List<EpochRecord> history = new ArrayList<>();
    private int bestEpoch;
    private double bestAccuracy = -1;
    private List<float[]> bestState = List.of();
    private double preparing;
    private double waiting;
    private double learning;
    private long lastCheckpoint = System.nanoTime();

    TrainingLoop(
            LoopConfig config,
            int population,
            TrainableNetwork network,
            TrainingStep step,
            BatchSource batches,
            double averageDecay,
            Validation validation,
            TrainingOptions options,
            String checkpointKey,
            TrainingListener listener) {
        this.config = config;
        this.population = population;
        this.network = network;
        this.step = step;
        this.batches = batches;
        this.trainingClips = batches.samples();
        this.validation = validation;
        averages = averageDecay > 0 ? new Averages(averageDecay, weights()) : null;
        this.options = options;
        this.checkpointKey = checkpointKey;
        this.listener = listener;
    }

    static int batchesPerEpoch(int clips, int batch) {
        return (clips + batch - 1) / batch;
    }

    /**
     * Trains to the end. A last checkpoint stays, so that nothing is lost if what comes after fails or is stopped.
     *
     * @return the chosen epoch's network
     * @throws TrainingStoppedException if asked to stop
     * @throws TrainingDivergedException if the loss or a weight is no longer finite
     */
    Network run() throws IOException {
        int epoch = 1;
        int batchesDone = 0;
        var totals = new EpochTotals();
        Path file = options.checkpoint();
        if (options.resume() && file != null) {
            if (Files.exists(file)) {
                Checkpoint checkpoint = Checkpoint.read(file, checkpointKey);
                restore(checkpoint);
                epoch = checkpoint.epoch();
                batchesDone = checkpoint.batchesDone();
                totals = checkpoint.totals();
                listener.resumed(epoch, batchesDone);
            } else {
                listener.nothingToResume(file);
            }
        }
        if (file != null) {
            // The best state is not there yet, and will be as large as the weights.
            checkpoint(epoch, batchesDone, totals, bestState.isEmpty() ? weights() : bestState)
                    .rehearse(file);
        }
        try (var loader = new BatchLoader(batches, config.batch(), config.workers())) {
            for (; epoch <= config.epochs(); epoch++) {
                double samplesPerSecond = learn(loader, epoch, batchesDone, totals);
                finish(epoch, totals, samplesPerSecond);
                batchesDone = 0;
                totals = new EpochTotals();
                if (file != null && (epoch == config.epochs() || checkpointDue())) {
                    trySave(file, epoch + 1, 0, totals);
                }
            }
        }
        if (config.select() == LoopConfig.Select.BEST) {
            put(bestState, weights());
        } else if (averages != null) {
            put(averages.values(), weights());
        }
        return exported();
    }

    /** The epoch whose weights were taken. */
    int chosenEpoch() {
        return config.select() == LoopConfig.Select.BEST ? bestEpoch : config.epochs();
    }

    /** Number of learnt values. */
    int parameterCount() {
        return network.parameterCount();
    }

    List<EpochRecord> history() {
        return List.copyOf(history);
    }

    private double learn(BatchLoader loader, int epoch, int batchesDone, EpochTotals totals) throws IOException {
        List<float[]> resumed = batchState;
        batchState = null;
        if (resumed != null) {
            batches.resume(epoch, resumed);
        }
        long entered = System.nanoTime();
        if (batchesDone == 0) {
            batches.begin(epoch, this::exported);
        }
        network.anneal((epoch - 1.0) / config.epochs());
        preparing = seconds(entered);
        waiting = 0;
        learning = 0;
        loader.begin(epoch, batchesDone, epoch < config.epochs() ? batches.ahead(epoch + 1) : List.of());
        int count = batchesPerEpoch(trainingClips, config.batch());
        long start = System.nanoTime();
        double samplesPerSecond = 0;
        long before = totals.clips;
        for (int b = batchesDone; b < count; b++) {
            long asked = System.nanoTime();
            Batch batch = loader.next();
            long given = System.nanoTime();
            LossParts loss = step.apply(batch.pass(), batch.input(), batch.labels());
            waiting += (given - asked) * 1e-9;
            learning += seconds(given);
            loader.release(batch);
            if (averages != null) {
                averages.add(step.optimiser().steps());
            }
            if (!Double.isFinite(loss.total())) {
                throw diverged(epoch, b + 1, "the loss is " + loss.total());
            }
            totals.add(loss);
            samplesPerSecond = (totals.clips - before) / ((System.nanoTime() - start) * 1e-9);
            long left = (long) (config.epochs() - epoch + 1) * trainingClips - totals.clips;
            listener.batchDone(
                    epoch,
                    b + 1,
                    count,
                    loss,
                    (double) totals.correct / totals.clips,
                    samplesPerSecond,
                    left / samplesPerSecond);
            boolean stop = options.stopRequested().getAsBoolean();
            Path file = options.checkpoint();
            if (file != null && (stop || checkpointDue())) {
                requireFiniteWeights(epoch, b + 1);
                if (stop) {
                    save(file, epoch, b + 1, totals);
                } else {
                    trySave(file, epoch, b + 1, totals);
                }
            }
            if (stop) {
                throw new TrainingStoppedException(epoch, b + 1);
            }
        }
        return samplesPerSecond;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) * 1e-9;
    }

    private Network exported() {
        return PopulationReadout.behind(step.export(), population);
    }

    private boolean checkpointDue() {
        return System.nanoTime() - lastCheckpoint >= options.checkpointSeconds() * 1e9;
    }

    /** Spikes hide what is not a number, since such a membrane never fires: so the loss alone does not tell. */
    private void requireFiniteWeights(int epoch, int batch) {
        for (Parameter p : network.parameters()) {
            for (int i = 0; i < p.values().length; i++) {
                if (!Float.isFinite(p.values()[i])) {
                    throw diverged(epoch, batch, p.fullName() + "[" + i + "] is " + p.values()[i]);
                }
            }
        }
    }

    private TrainingDivergedException diverged(int epoch, int batch, String what) {
        return new TrainingDivergedException(epoch, batch, what, step.learningRate());
    }

    private void finish(int epoch, EpochTotals totals, double samplesPerSecond) {
        requireFiniteWeights(epoch, batchesPerEpoch(trainingClips, config.batch()));
        if (averages != null) {
            averages.swap();
        }
        long asked = System.nanoTime();
        Validation.Measure measure = validation.measure(exported());
        double validating = seconds(asked);
        double accuracy = measure.score();
        boolean best = accuracy > bestAccuracy;
        if (best) {
            bestAccuracy = accuracy;
            bestEpoch = epoch;
            bestState = weights().stream().map(float[]::clone).toList();
        }
        if (averages != null) {
            averages.swap();
        }
        double clips = totals.clips;
        var record = new EpochRecord(
                epoch,
                totals.classification / clips,
                totals.rate / clips,
                totals.magnitude / clips,
                totals.correct / clips,
                accuracy,
                measure.firingRates(),
                step.learningRate(),
                samplesPerSecond);
        history.add(record);
        listener.epochDone(record, best);
        var time = new EpochTime(preparing, waiting, learning, validating);
        listener.timeSpent(epoch, time);
        ExchangeCost cost = step.exchangeCost();
        if (cost != null) {
            listener.exchanged(epoch, cost, time);
        }
    }

    /** What the exported network is made of, shared. */
    private List<float[]> weights() {
        var all = new ArrayList<float[]>();
        network.parameters().stream().map(Parameter::values).forEach(all::add);
        all.addAll(network.statistics());
        return all;
    }

    /** Everything that changes while training, shared. */
    private List<float[]> state() {
        var all = new ArrayList<>(weights());
        all.addAll(step.optimiser().state());
        if (averages != null) {
            all.addAll(averages.values());
        }
        return all;
    }

    private void save(Path file, int epoch, int batchesDone, EpochTotals totals) throws IOException {
        checkpoint(epoch, batchesDone, totals, bestState).write(file);
        lastCheckpoint = System.nanoTime();
    }

    /** A disk that has filled up since the start costs the checkpoint, not the training: the next one may find room. */
    private void trySave(Path file, int epoch, int batchesDone, EpochTotals totals) {
        try {
            save(file, epoch, batchesDone, totals);
        } catch (IOException e) {
            lastCheckpoint = System.nanoTime();
            listener.checkpointFailed(String.valueOf(e.getMessage()));
        }
    }

    private Checkpoint checkpoint(int epoch, int batchesDone, EpochTotals totals, List<float[]> best) {
        return new Checkpoint(
                checkpointKey,
                epoch,
                batchesDone,
                step.optimiser().steps(),
                totals,
                bestEpoch,
                bestAccuracy,
                history,
                Stream.concat(state().stream(), batches.state().stream()).toList(),
                best);
    }

    private void restore(Checkpoint checkpoint) throws IOException {
        List<float[]> state = state();
        if (checkpoint.current().size() < state.size()) {
            throw new IOException("checkpoint: expected at least " + state.size() + " arrays, found "
                    + checkpoint.current().size());
        }
        put(checkpoint.current().subList(0, state.size()), state);
        batchState =
                checkpoint.current().subList(state.size(), checkpoint.current().size());
        step.optimiser().resumeAt(checkpoint.optimiserSteps());
        bestEpoch = checkpoint.bestEpoch();
        bestAccuracy = checkpoint.bestAccuracy();
        bestState = checkpoint.best();
        history = new ArrayList<>(checkpoint.history());
    }

    private static void put(List<float[]> from, List<float[]> to) {
        if (from.size() != to.size()) {
            throw new IllegalArgumentException("checkpoint: expected " + to.size() + " arrays, found " + from.size());
        }
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i).length != to.get(i).length) {
                throw new IllegalArgumentException("checkpoint: expected an array of " + to.get(i).length
                        + " values, found " + from.get(i).length);
            }
            System.arraycopy(from.get(i), 0, to.get(i), 0, to.get(i).length);
        }
    }
}
