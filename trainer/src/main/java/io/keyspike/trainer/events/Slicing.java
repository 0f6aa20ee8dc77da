package io.keyspike.trainer.events;

import org.jspecify.annotations.Nullable;

/** Which events make which frame; each of the four ways of Tonic's {@code ToFrame}. */
public sealed interface Slicing {

    /**
     * The frames' events.
     *
     * @return {@code [frames][2]}: index of the first event and of the first one after the frame
     */
    int[][] of(Events events);

    /**
     * Windows of one length, each later than the last by length minus overlap; a window holds the events from its start
     * (included) to its end (excluded).
     *
     * @param window microseconds
     * @param overlap microseconds
     * @param includeIncomplete whether there is one window more where the last one ends before the end
     * @param start of the first window; null for the first event's time
     * @param end null for the last event's time
     */
    record TimeWindow(
            double window,
            double overlap,
            boolean includeIncomplete,
            @Nullable Long start,
            @Nullable Long end) implements Slicing {

        /** @throws IllegalArgumentException if the windows would not move on */
        public TimeWindow {
            if (!(overlap >= 0 && overlap < window)) {
                throw new IllegalArgumentException("slicing: expected an overlap from 0 to below the window of "
                        + window + " us, found " + overlap);
            }
        }

        @Override
        public int[][] of(Events events) {
            double first = start != null ? start : events.times()[0];
            double last = end != null ? end : events.times()[events.count() - 1];
            double stride = window - overlap;
            double strides = (last - first - window) / stride;
            int frames = Math.max(1, 1 + (int) (includeIncomplete ? Math.ceil(strides) : Math.floor(strides)));
            return windows(events, frames, first, stride, window);
        }
    }

    /**
     * So many windows over the whole sample.
     *
     * @param overlap share of a window
     */
    record TimeBins(int bins, double overlap) implements Slicing {
        @Override
        public int[][] of(Events events) {
            long first = events.times()[0];
            long whole = (events.times()[events.count() - 1] - first) / bins; // whole microseconds, as Tonic has it
            double window = whole * (1 + overlap);
            return windows(events, bins, (double) first, window * (1 - overlap), window);
        }
    }

    /**
     * Frames of a number of events.
     *
     * @param overlap events that a frame has in common with the one before it
     * @param includeIncomplete whether events left over make one frame more
     */
    record EventCount(int events, int overlap, boolean includeIncomplete) implements Slicing {
        @Override
        public int[][] of(Events all) {
            int each = Math.min(events, all.count());
            int stride = each - overlap;
            double strides = (double) (all.count() - each) / stride;
            int frames = 1 + (int) (includeIncomplete ? Math.ceil(strides) : Math.floor(strides));
            return counts(all, frames, stride, each);
        }
    }

    /**
     * So many frames of as many events each.
     *
     * @param overlap share of a frame
     */
    record EventBins(int bins, double overlap) implements Slicing {
        @Override
        public int[][] of(Events events) {
            int whole = events.count() / bins;
            int each = (int) (whole * (1 + overlap));
            return counts(events, bins, (int) (each * (1 - overlap)), each);
        }
    }

    private static int[][] windows(Events events, int frames, double first, double stride, double window) {
        int[][] slices = new int[frames][2];
        for (int f = 0; f < frames; f++) {
            double from = first + stride * f;
            slices[f][0] = events.firstFrom(from);
            slices[f][1] = events.firstFrom(from + window);
        }
        return slices;
    }

    private static int[][] counts(Events events, int frames, int stride, int each) {
        int[][] slices = new int[frames][2];
        for (int f = 0; f < frames; f++) {
            slices[f][0] = Math.min(f * stride, events.count());
            slices[f][1] = Math.min(f * stride + each, events.count());
        }
        return slices;
    }
}
