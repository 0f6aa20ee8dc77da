package io.keyspike.trainer.layers;

/**
 * How a batch is cut: into tiles, whose buffers stay in the second-level cache from the forward to the backward pass, and the
 * tiles into groups, each of which is worked off in order and sums gradients of its own. Which thread takes a group does not
 * matter, and the cut depends on the shapes alone, so neither does the number of threads.
 *
 * @param batch B
 * @param tile sequences of a tile; the last may have fewer
 * @param most groups
 */
record BatchSlices(int batch, int tile, int most) {

    /** Most groups unless a configuration says otherwise: threads that can work side by side. */
    static final int GROUPS = 8;

    /** Floats of the widest layer that a tile should not exceed, if it has more than {@link #SMALLEST_TILE} sequences. */
    private static final int TILE_FLOATS = 1 << 16;

    /** Sequences that fill vectors even in a layer of 2 neurons on short vectors, and feed a matrix product. */
    private static final int SMALLEST_TILE = 8;

    private static final int LARGEST_TILE = 16;

    /** The slices for a number of steps and the number of neurons of the network's widest layer. */
    static BatchSlices of(int batch, int steps, int widest, int most) {
        long fitting = TILE_FLOATS / Math.max(1L, (long) steps * widest);
        long balanced = Math.min(fitting, ceiling(batch, most));
        return new BatchSlices(batch, Math.clamp(balanced, SMALLEST_TILE, LARGEST_TILE), most);
    }

    /** Groups of one tile each, for networks whose sequences of a tile know of one another. */
    static BatchSlices ofOneTileEach(int batch, int most) {
        return new BatchSlices(batch, ceiling(batch, most), most);
    }

    int tiles() {
        return ceiling(batch, tile);
    }

    int groups() {
        return Math.min(most, tiles());
    }

    /** Where a group's tiles begin; that of the group after the last is the end. */
    int firstTile(int group) {
        return (int) (Math.min((long) group, groups()) * tiles() / groups());
    }

    /** First sequence of a tile. */
    int from(int tileIndex) {
        return tileIndex * tile;
    }

    /** Sequences of a tile. */
    int size(int tileIndex) {
        return Math.min(tile, batch - from(tileIndex));
    }

    private static int ceiling(int count, int size) {
        return (count + size - 1) / size;
    }
}
