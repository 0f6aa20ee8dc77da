package io.keyspike.trainer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A training run's state between two batches, so that it goes on as if never stopped. No generator's state is in it:
 * random numbers are drawn from streams keyed by seed, epoch and batch.
 *
 * <pre>
 * int     magic "KSCP"              int     epoch, batches done in it
 * UTF     key: configuration, data  long    optimiser steps
 * double  classification, rate and magnitude loss so far; long correct, clips so far
 * int     best epoch                double  best accuracy
 * int     records                   per record: int, 6 doubles
 * int     arrays (current state)    per array: int length, floats
 * int     arrays (best state)       per array: int length, floats
 * </pre>
 */
record Checkpoint(
        String key,
        int epoch,
        int batchesDone,
        long optimiserSteps,
        EpochTotals totals,
        int bestEpoch,
        double bestAccuracy,
        List<EpochRecord> history,
        List<float[]> current,
        List<float[]> best) {
    private static final int MAGIC = 0x4B534350;

    void write(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16))) {
            out.writeInt(MAGIC);
            out.writeUTF(key);
            out.writeInt(epoch);
            out.writeInt(batchesDone);
            out.writeLong(optimiserSteps);
            out.writeDouble(totals.classification);
            out.writeDouble(totals.rate);
            out.writeDouble(totals.magnitude);
            out.writeLong(totals.correct);
            out.writeLong(totals.clips);
            out.writeInt(bestEpoch);
            out.writeDouble(bestAccuracy);
            out.writeInt(history.size());
            for (EpochRecord r : history) {
                out.writeInt(r.epoch());
                out.writeDouble(r.classificationLoss());
                out.writeDouble(r.rateLoss());
                out.writeDouble(r.magnitudeLoss());
                out.writeDouble(r.trainingAccuracy());
                out.writeDouble(r.validationAccuracy());
                out.writeDouble(r.samplesPerSecond());
            }
            write(out, current);
            write(out, best);
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** @throws IOException if the file is not a checkpoint of the run that {@code key} stands for */
    static Checkpoint read(Path file, String key) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (in.readInt() != MAGIC) {
                throw new IOException(file + ": expected a training checkpoint, found another kind of file");
            }
            if (!in.readUTF().equals(key)) {
                throw new IOException(file
                        + ": expected a checkpoint of this configuration and data, found one of another"
                        + " (delete it, or train without --resume)");
            }
            int epoch = in.readInt();
            int batchesDone = in.readInt();
            long optimiserSteps = in.readLong();
            var totals = new EpochTotals();
            totals.classification = in.readDouble();
            totals.rate = in.readDouble();
            totals.magnitude = in.readDouble();
            totals.correct = in.readLong();
            totals.clips = in.readLong();
            int bestEpoch = in.readInt();
            double bestAccuracy = in.readDouble();
            var history = new ArrayList<EpochRecord>();
            int records = in.readInt();
            for (int i = 0; i < records; i++) {
                history.add(new EpochRecord(
                        in.readInt(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble(),
                        in.readDouble()));
            }
            return new Checkpoint(
                    key,
                    epoch,
                    batchesDone,
                    optimiserSteps,
                    totals,
                    bestEpoch,
                    bestAccuracy,
                    history,
                    arrays(in),
                    arrays(in));
        }
    }

    private static void write(DataOutputStream out, List<float[]> arrays) throws IOException {
        out.writeInt(arrays.size());
        for (float[] a : arrays) {
            out.writeInt(a.length);
            for (float f : a) {
                out.writeFloat(f);
            }
        }
    }

    private static List<float[]> arrays(DataInputStream in) throws IOException {
        var arrays = new ArrayList<float[]>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            float[] a = new float[in.readInt()];
            for (int j = 0; j < a.length; j++) {
                a[j] = in.readFloat();
            }
            arrays.add(a);
        }
        return arrays;
    }
}
