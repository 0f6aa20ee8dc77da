package io.keyspike.trainer.loop;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training run's state between two batches, so that it goes on as if never stopped. No generator's state is in it:
 * random numbers are drawn from streams keyed by seed, epoch and batch.
 *
 * <pre>
 * int     magic "KSC2"              int     epoch, batches done in it
 * UTF     key: configuration, data  long    optimiser steps
 * double  classification, rate and magnitude loss so far; long correct, clips so far
 * int     best epoch                double  best accuracy
 * int     records                   per record: int, 7 doubles; int rates, per rate: UTF, double
 * int     arrays (current state)    per array: int length, floats
 * int     arrays (best state)       per array: int length, floats
 * </pre>
 *
 * All numbers are big-endian. A file is complete on the disk before it takes the place of the one before it.
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
    private static final int MAGIC = 0x4B534332;

    /** @throws IOException naming the file, if it cannot be written; one that was there stays as it was */
    void write(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            writePartial(partial);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /**
     * Writes as much as {@link #write} would and removes it, so that a place where nothing can be written, or too little, is
     * noticed before hours of training rather than after.
     *
     * @throws IOException naming the file, if there is no room for it or its folder cannot be written to
     */
    void rehearse(Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            writePartial(partial);
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static IOException unwritable(Path file, IOException cause) {
        String reason =
                cause instanceof FileSystemException f && f.getReason() != null ? f.getReason() : cause.getMessage();
        return new IOException(file + ": cannot write the checkpoint (" + reason + ")", cause);
    }

    private void writePartial(Path partial) throws IOException {
        try (FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            OutputStream bytes = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            var out = new DataOutputStream(bytes);
            writeHead(out);
            write(out, current);
            write(out, best);
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
    }

    private void writeHead(DataOutputStream out) throws IOException {
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
            out.writeDouble(r.learningRate());
            out.writeDouble(r.samplesPerSecond());
            out.writeInt(r.firingRates().size());
            for (Map.Entry<String, Double> rate : r.firingRates().entrySet()) {
                out.writeUTF(rate.getKey());
                out.writeDouble(rate.getValue());
            }
        }
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
            List<EpochRecord> history = history(in);
            List<float[]> current = arrays(in);
            return new Checkpoint(
                    key,
                    epoch,
                    batchesDone,
                    optimiserSteps,
                    totals,
                    bestEpoch,
                    bestAccuracy,
                    history,
                    current,
                    arrays(in));
        } catch (EOFException e) {
            throw new IOException(file + ": expected a whole checkpoint, found one that ends early", e);
        }
    }

    private static List<EpochRecord> history(DataInputStream in) throws IOException {
        var history = new ArrayList<EpochRecord>();
        int records = in.readInt();
        for (int i = 0; i < records; i++) {
            int epoch = in.readInt();
            double[] v = new double[7];
            for (int j = 0; j < v.length; j++) {
                v[j] = in.readDouble();
            }
            Map<String, Double> rates = new LinkedHashMap<>();
            int layers = in.readInt();
            for (int l = 0; l < layers; l++) {
                rates.put(in.readUTF(), in.readDouble());
            }
            history.add(new EpochRecord(epoch, v[0], v[1], v[2], v[3], v[4], rates, v[5], v[6]));
        }
        return history;
    }

    private static void write(DataOutputStream out, List<float[]> arrays) throws IOException {
        out.writeInt(arrays.size());
        for (float[] a : arrays) {
            out.writeInt(a.length);
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(a.length, Float.BYTES));
            bytes.asFloatBuffer().put(a);
            out.write(bytes.array());
        }
    }

    private static List<float[]> arrays(DataInputStream in) throws IOException {
        var arrays = new ArrayList<float[]>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            float[] a = new float[in.readInt()];
            byte[] bytes = new byte[Math.multiplyExact(a.length, Float.BYTES)];
            in.readFully(bytes);
            ByteBuffer.wrap(bytes).asFloatBuffer().get(a);
            arrays.add(a);
        }
        return arrays;
    }
}
