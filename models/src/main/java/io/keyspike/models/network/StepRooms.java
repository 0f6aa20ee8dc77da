package io.keyspike.models.network;

import java.util.Arrays;

/**
 * Room for the steps of several streams side by side, made by {@link StreamingNetwork#newRooms}: what nodes give to the nodes that
 * read it. Not state: whatever streams make a step, they use the same room, which so stays in the nearest cache. For one thread.
 */
public final class StepRooms {

    /** By stream, by node, as {@link NodeRoom#all} has them. */
    final NodeRoom[][] rooms;

    StepRooms(NetworkPlan plan, int block, int streams) {
        rooms = new NodeRoom[streams][];
        Arrays.setAll(rooms, k -> NodeRoom.all(plan, block));
    }

    /**
     * Where a stream's network reads its input, for callers that fill it in place.
     *
     * @param stream its place among those that make a step together
     * @return {@code [inputs or more]}, zeros after the inputs
     */
    public float[] input(int stream) {
        return rooms[stream][0].values;
    }
}
