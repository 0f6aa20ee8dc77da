package io.keyspike.trainer.events;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An HDF5 file in the layout of SHD and SSC (Cramer et al. 2020, the Heidelberg spiking data sets): {@code spikes/times} in
 * seconds and {@code spikes/units}, a list a sample, {@code labels}, {@code extra/keys} with what the labels are called, and
 * where it is known {@code extra/speaker}. Safe to read from any thread; open as long as it is reachable.
 */
public final class EventFile {
    private static final double MICROS_PER_SECOND = 1e6;
    private static final int MOST_SAMPLES = 1 << 20;

    /** An HDF5 reader keeps its place in a file. */
    private final Object reading = new Object();

    private final Path path;
    private final Dataset times;
    private final Dataset units;
    private final int[] labels;
    private final List<String> keys;
    private final int @Nullable [] speakers;

    /** @throws IOException if the file is not one of this layout */
    public EventFile(Path path) throws IOException {
        this.path = path;
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + ": expected an HDF5 file of events, found none");
        }
        try {
            HdfFile file = open(path);
            times = file.getDatasetByPath("spikes/times");
            units = file.getDatasetByPath("spikes/units");
            labels = ints(values(file.getDatasetByPath("labels")));
            keys = List.of((String[]) values(file.getDatasetByPath("extra/keys")));
            speakers = file.getByPath("extra").isGroup()
                            && ((io.jhdf.api.Group) file.getByPath("extra")).getChild("speaker") instanceof Dataset d
                    ? ints(values(d))
                    : null;
            requireOneCount();
        } catch (RuntimeException
                | StackOverflowError e) { // a damaged file makes the reader throw whatever its bytes lead to
            throw new IOException(
                    path + ": expected an HDF5 file with spikes/times, spikes/units, labels and extra/keys, found "
                            + reason(e),
                    e);
        }
    }

    /**
     * Mapped, where it is not too large for that: the reader takes room for whatever length it is told of, and of a map there is no
     * more than the file has.
     */
    private static HdfFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            return channel.size() <= Integer.MAX_VALUE
                    ? HdfFile.fromByteBuffer(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()))
                    : new HdfFile(path);
        }
    }

    /** All values of a data set, of which the file's own number is not believed if it is beyond any recording. */
    private static Object values(Dataset dataset) {
        if (dataset.getSize() > MOST_SAMPLES) {
            throw new HdfException("expected at most " + MOST_SAMPLES + " values of " + dataset.getPath() + ", found "
                    + dataset.getSize());
        }
        return dataset.getData();
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? "damage (" + e.getClass().getSimpleName() + ")"
                : message.lines().findFirst().orElseThrow();
    }

    private void requireOneCount() throws IOException {
        int[] counts = {
            times.getDimensions()[0], units.getDimensions()[0], speakers == null ? labels.length : speakers.length
        };
        for (int count : counts) {
            if (count != labels.length) {
                throw new IOException(path + ": expected " + labels.length + " samples, one per label, found "
                        + Arrays.toString(counts) + " of times, units and speakers");
            }
        }
    }

    private static int[] ints(Object array) {
        return IntStream.range(0, Array.getLength(array))
                .map(i -> ((Number) Array.get(array, i)).intValue())
                .toArray();
    }

    public int samples() {
        return labels.length;
    }

    /**
     * What a sample's label is called.
     *
     * @throws IOException if the label has no name
     */
    public String word(int sample) throws IOException {
        int label = labels[sample];
        if (label < 0 || label >= keys.size()) {
            throw new IOException(path + ": expected labels from 0 to " + (keys.size() - 1) + ", found " + label
                    + " of sample " + sample);
        }
        return keys.get(label);
    }

    /** Who speaks in a sample; a speaker of its own where the file does not say. */
    public String speaker(int sample) {
        return speakers == null ? "sample " + sample : "speaker " + speakers[sample];
    }

    /**
     * A sample's events; times in microseconds, fractions cut off.
     *
     * @throws IOException if it cannot be read, or a time is not a finite number of at least 0
     */
    public Events read(int sample) throws IOException {
        Object seconds;
        Object channels;
        try {
            synchronized (reading) {
                seconds = ((Object[]) times.getData(new long[] {sample}, new int[] {1}))[0];
                channels = ((Object[]) units.getData(new long[] {sample}, new int[] {1}))[0];
            }
            return events(sample, seconds, channels);
        } catch (RuntimeException | StackOverflowError e) {
            throw new IOException(path + ": expected events of sample " + sample + ", found " + reason(e), e);
        }
    }

    private Events events(int sample, Object seconds, Object channels) throws IOException {
        int count = Array.getLength(seconds);
        if (Array.getLength(channels) != count) {
            throw new IOException(path + ": expected as many units as times (" + count + ") in sample " + sample
                    + ", found " + Array.getLength(channels));
        }
        long[] micros = new long[count];
        boolean ordered = true;
        for (int i = 0; i < count; i++) {
            double time = ((Number) Array.get(seconds, i)).doubleValue();
            if (!(time >= 0) || Double.isInfinite(time)) {
                throw new IOException(path + ": expected times of at least 0 s in sample " + sample + ", found " + time
                        + " at event " + i);
            }
            micros[i] = (long) (time * MICROS_PER_SECOND);
            ordered &= i == 0 || micros[i] >= micros[i - 1];
        }
        int[] numbers = ints(channels);
        return ordered ? new Events(micros, numbers, new int[0]) : inOrder(micros, numbers);
    }

    private static Events inOrder(long[] micros, int[] units) {
        int[] order = IntStream.range(0, micros.length)
                .boxed()
                .sorted(Comparator.comparingLong(i -> micros[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Events(
                Arrays.stream(order).mapToLong(i -> micros[i]).toArray(),
                Arrays.stream(order).map(i -> units[i]).toArray(),
                new int[0]);
    }
}
