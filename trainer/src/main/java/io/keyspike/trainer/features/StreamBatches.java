package io.keyspike.trainer.features;

import io.keyspike.models.network.Network;
import io.keyspike.trainer.cache.FrameSource;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.compose.ComposedStream;
import io.keyspike.trainer.config.AugmentationConfig;
import io.keyspike.trainer.config.StreamsConfig.MiningConfig;
import io.keyspike.trainer.config.StreamsConfig.TargetConfig;
import io.keyspike.trainer.config.StreamsConfig.WindowConfig;
import io.keyspike.trainer.features.StreamBank.Place;
import io.keyspike.trainer.layers.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Batches of windows out of a {@link StreamBank}: some round a keyword, some round a mined false alarm, the others anywhere.
 * A window begins with other speech, from which the network's state comes, and whose steps do not count. The labels of a
 * batch are {@code [B, T]}, one of each step: a label, or {@link StreamBank#ANYTHING}.
 */
public final class StreamBatches implements BatchSource {
    /** Apart from every other use of random numbers. */
    private static final long WINDOWS = 0x71_2D;

    /** The end of the mined frame's window that stays free, so that the peak's rise and fall are both in it. */
    private static final double MINED_MARGIN = 0.15;

    private final StreamBank bank;
    private final FrameStacking stacking;
    private final WindowConfig windows;
    private final MiningConfig mining;
    private final AugmentationConfig augmentation;
    private final Miner miner;
    private final int labels;
    private final long seed;
    private final int batch;
    private final int prefixFrames;
    private final int windowFrames;
    private final int earlyFrames;
    private final int lateFrames;

    private List<List<Place>> keywords = List.of();
    private List<Place> mined = List.of();

    /** Finds the frames at which a network is most wrong. */
    @FunctionalInterface
    public interface Miner {

        /**
         * The peaks of false alarms.
         *
         * @param network as exported
         * @param streams prepared
         * @return frames, those of a stream in order
         */
        List<Place> mine(Network network, StreamBank streams);
    }

    /**
     * @param labels of the model
     * @param targets when a keyword may be reported
     * @param batch largest B
     */
    public StreamBatches(
            StreamBank bank,
            FrameStacking stacking,
            WindowConfig windows,
            MiningConfig mining,
            AugmentationConfig augmentation,
            Miner miner,
            int labels,
            TargetConfig targets,
            long seed,
            int batch) {
        this.bank = bank;
        this.stacking = stacking;
        this.windows = windows;
        this.mining = mining;
        this.augmentation = augmentation;
        this.miner = miner;
        this.labels = labels;
        this.seed = seed;
        this.batch = batch;
        prefixFrames = frames(windows.prefixSeconds());
        windowFrames = prefixFrames + Math.max(stacking.stride(), frames(windows.seconds()));
        earlyFrames = frames(targets.earlySeconds());
        lateFrames = frames(targets.lateSeconds());
    }

    /** A whole number of steps' frames. */
    private int frames(double seconds) {
        int steps = (int) Math.round(seconds / (bank.frameSeconds() * stacking.stride()));
        return steps * stacking.stride();
    }

    @Override
    public Batch newBatch() {
        return new Batch(
                Math.multiplyExact(batch, maximumSteps() * stacking.width()),
                batch * maximumSteps(),
                windowFrames * stacking.frameWidth(),
                0);
    }

    @Override
    public int maximumSteps() {
        return stacking.steps(windowFrames);
    }

    @Override
    public int samples() {
        return windows.perEpoch();
    }

    @Override
    public void begin(int epoch, Supplier<Network> network) {
        prepare(epoch);
        if (mining.every() > 0 && epoch >= mining.fromEpoch() && (epoch - mining.fromEpoch()) % mining.every() == 0) {
            mined = List.copyOf(miner.mine(network.get(), bank));
        }
    }

    @Override
    public void resume(int epoch, List<float[]> state) {
        prepare(epoch);
        var places = new ArrayList<Place>();
        float[] streams = state.get(0);
        float[] frames = state.get(1);
        for (int i = 0; i < streams.length; i++) {
            places.add(new Place((int) streams[i], (int) frames[i]));
        }
        mined = List.copyOf(places);
    }

    /** The streams that the epoch has composed anew: of all that comes before it, these alone do not depend on the network. */
    @Override
    public List<Runnable> ahead(int epoch) {
        return bank.ahead(refreshes(epoch));
    }

    private static long refreshes(int epoch) {
        return epoch - 1L;
    }

    private void prepare(int epoch) {
        bank.prepare(refreshes(epoch));
        keywords = bank.places(labels).stream().filter(l -> !l.isEmpty()).toList();
    }

    /** Streams and frames of the mined false alarms; both are far below the 2^24 that a float holds exactly. */
    @Override
    public List<float[]> state() {
        float[] streams = new float[mined.size()];
        float[] frames = new float[mined.size()];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = mined.get(i).stream();
            frames[i] = mined.get(i).frame();
        }
        return List.of(streams, frames);
    }

    /**
     * Windows of the first epoch, as clips of the counted length without labels: to fit initial weights to.
     *
     * @param count how many
     */
    public LabelledFrames sample(int count) {
        prepare(1);
        int frames = windowFrames - prefixFrames;
        float[][] clips = new float[count][];
        for (int i = 0; i < count; i++) {
            Place from = choose(new SplitMix(seed, WINDOWS, 0, 0, i));
            int at = (from.frame() + prefixFrames) * bank.width();
            clips[i] = Arrays.copyOfRange(bank.entry((long) from.stream()).frames(), at, at + frames * bank.width());
        }
        return new LabelledFrames(new Sampled(clips, frames, bank.width()), new int[count]);
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Sampled(float[][] values, int frames, int width) implements FrameSource {
        @Override
        public int clips() {
            return values.length;
        }

        @Override
        public void read(int clip, int fromFrame, int count, float[] to, int toOffset) {
            System.arraycopy(values[clip], fromFrame * width, to, toOffset, count * width);
        }
    }

    /** Mined false alarms that this epoch's windows are placed round. */
    public int mined() {
        return mined.size();
    }

    @Override
    public void build(int epoch, int number, int count, Batch into) {
        int steps = maximumSteps();
        for (int b = 0; b < count; b++) {
            var random = new SplitMix(seed, WINDOWS, epoch, number, b);
            Place from = choose(random);
            StreamBank.Entry stream = bank.entry((long) from.stream());
            System.arraycopy(stream.frames(), from.frame() * bank.width(), into.frames, 0, windowFrames * bank.width());
            mask(into.frames, random);
            stacking.stack(into.frames, windowFrames, into.input(), b, count);
            label(stream, from.frame(), steps, into.labels(), b * steps);
        }
        into.filled(new Pass(steps, count, 0, new SplitMix(seed, WINDOWS, epoch, number).nextLong()));
    }

    /** The first frame of a window. */
    private Place choose(SplitMix random) {
        double kind = random.nextDouble();
        if (kind < windows.keywordShare() && !keywords.isEmpty()) {
            List<Place> of = keywords.get(random.nextInt(keywords.size()));
            Place end = of.get(random.nextInt(of.size()));
            // The end lies anywhere from half a second after the prefix to where all that is told of it fits in.
            int earliest = prefixFrames + Math.max(frames(WindowConfig.BEFORE_END_SECONDS), earlyFrames);
            int latest = Math.max(earliest + 1, windowFrames - lateFrames - stacking.stride());
            return within(end, earliest + random.nextInt(latest - earliest));
        }
        if (kind < windows.keywordShare() + windows.minedShare() && !mined.isEmpty()) {
            Place peak = mined.get(random.nextInt(mined.size()));
            int counted = windowFrames - prefixFrames;
            int margin = (int) (MINED_MARGIN * counted);
            return within(peak, prefixFrames + margin + random.nextInt(counted - 2 * margin));
        }
        int stream = random.nextInt(bank.streams());
        int frames = frames(stream);
        return new Place(stream, random.nextInt(Math.max(1, frames - windowFrames)));
    }

    private Place within(Place frame, int offset) {
        int last = frames(frame.stream()) - windowFrames;
        return new Place(frame.stream(), Math.clamp(frame.frame() - offset, 0, Math.max(0, last)));
    }

    private int frames(int stream) {
        return bank.entry((long) stream).targets().length;
    }

    private void label(StreamBank.Entry stream, int from, int steps, int[] into, int at) {
        int prefixSteps = prefixFrames / stacking.stride();
        for (int t = 0; t < steps; t++) {
            into[at + t] = t < prefixSteps ? StreamBank.ANYTHING : stream.targets()[from + t * stacking.stride()];
        }
        // A keyword of which the window lacks the beginning, or of whose time to report it not all steps count, teaches
        // nothing: its peak may lie in what is not seen.
        for (ComposedStream.Word word : stream.words()) {
            int first = bank.reportableFrom(word);
            int last = bank.reportableTo(word);
            boolean whole =
                    bank.frameAt(word.start()) >= from && first >= from + prefixFrames && last <= from + windowFrames;
            if (whole || last <= from || first >= from + windowFrames) {
                continue;
            }
            for (int t = prefixSteps; t < steps; t++) {
                int frame = from + t * stacking.stride();
                if (frame >= first && frame < last && into[at + t] == word.label()) {
                    into[at + t] = StreamBank.ANYTHING;
                }
            }
        }
    }

    private void mask(float[] frames, SplitMix random) {
        int width = stacking.frameWidth();
        if (augmentation.frequencyMask() > 0) {
            int bands = random.nextInt(Math.min(augmentation.frequencyMask(), width) + 1);
            int first = random.nextInt(width - bands + 1);
            for (int f = 0; f < windowFrames; f++) {
                Arrays.fill(frames, f * width + first, f * width + first + bands, 0);
            }
        }
        if (augmentation.timeMask() > 0) {
            int masked = random.nextInt(Math.min(augmentation.timeMask(), windowFrames) + 1);
            int first = random.nextInt(windowFrames - masked + 1);
            Arrays.fill(frames, first * width, (first + masked) * width, 0);
        }
    }
}
