package io.keyspike.models.spotter;

import io.keyspike.audio.features.FeatureState;
import io.keyspike.models.decision.DecisionState;
import io.keyspike.models.network.NetworkState;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stream's state in each stage of a {@link KeywordSpotter}, and the buffers between the stages. The saved form,
 * little-endian:
 *
 * <pre>
 * +-------+---------+-------------+----------+-------+----------+---------+----------+
 * | magic | version | fingerprint | position | steps | features | network | decision |
 * | u16   | u16     | u64         | i64      | i64   |          |         |          |
 * +-------+---------+-------------+----------+-------+----------+---------+----------+
 * </pre>
 *
 * The fingerprint is that of feature spec, graph and labels, and of the decision's rule where that is not {@code BEST}: the
 * state of a model of another kind is refused.
 */
final class PipelineState implements SpotterState {

    /** "KS", read as little-endian. */
    private static final short MAGIC = 0x534b;

    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 2 * Short.BYTES + 3 * Long.BYTES;

    final KeywordSpotter owner;
    final FeatureState features;
    final NetworkState network;
    final DecisionState decision;

    /** One output step. */
    final float[] output;

    long position;
    long steps;

    PipelineState(KeywordSpotter owner, FeatureState features, NetworkState network, DecisionState decision) {
        this.owner = owner;
        this.features = features;
        this.network = network;
        this.decision = decision;
        this.output = new float[owner.network().outputs()];
    }

    @Override
    public long samplePosition() {
        return position;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public long spikes(int layer) {
        return network.spikes(layer);
    }

    @Override
    public long takeSpikes(int layer) {
        return network.takeSpikes(layer);
    }

    @Override
    public float score(int label) {
        return decision.score(label);
    }

    @Override
    public float levelDb() {
        return decision.levelDb();
    }

    @Override
    public boolean gateOpen() {
        return decision.gateOpen();
    }

    @Override
    public NetworkState network() {
        return network;
    }

    @Override
    public void bridgeGap(long missingSamples) {
        if (missingSamples < 0) {
            throw new IllegalArgumentException("gap: expected at least 0 missing samples, found " + missingSamples);
        }
        features.reset();
        network.reset();
        owner.bridgeGap(decision, missingSamples);
        position += missingSamples;
    }

    @Override
    public int byteSize() {
        return HEADER_BYTES + features.byteSize() + network.byteSize() + decision.byteSize();
    }

    @Override
    public void save(ByteBuffer out) {
        if (out.remaining() < byteSize()) {
            throw new BufferOverflowException();
        }
        ByteOrder order = out.order();
        out.order(ByteOrder.LITTLE_ENDIAN)
                .putShort(MAGIC)
                .putShort(VERSION)
                .putLong(owner.fingerprint())
                .putLong(position)
                .putLong(steps)
                .order(order);
        features.save(out);
        network.save(out);
        decision.save(out);
    }

    /**
     * @throws IllegalArgumentException if these are not the bytes of a state of a model with these features, graph and
     *     labels; the state is then as after {@link #reset}
     */
    @Override
    public void restore(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES) {
            throw new BufferUnderflowException();
        }
        ByteOrder order = in.order();
        in.order(ByteOrder.LITTLE_ENDIAN);
        short magic = in.getShort();
        short version = in.getShort();
        long fingerprint = in.getLong();
        position = in.getLong();
        steps = in.getLong();
        in.order(order);
        try {
            checkHeader(magic, version, fingerprint);
            if (in.remaining() < byteSize() - HEADER_BYTES) {
                throw new BufferUnderflowException();
            }
            features.restore(in);
            network.restore(in);
            decision.restore(in);
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            reset();
            throw e;
        }
    }

    private void checkHeader(short magic, short version, long fingerprint) {
        if (magic != MAGIC || version != VERSION) {
            throw new IllegalArgumentException("spotter state: expected magic %04x and version %d, found %04x and %d"
                    .formatted(MAGIC, VERSION, magic, version));
        }
        if (fingerprint != owner.fingerprint()) {
            throw new IllegalArgumentException(
                    "spotter state: expected one from a model with fingerprint %016x, found %016x"
                            .formatted(owner.fingerprint(), fingerprint));
        }
        if (position < 0 || steps < 0) {
            throw new IllegalArgumentException(
                    "spotter state: expected position and steps of at least 0, found " + position + " and " + steps);
        }
    }

    @Override
    public void reset() {
        features.reset();
        network.reset();
        decision.reset();
        position = 0;
        steps = 0;
        for (int layer = 0; layer < owner.network().spikingLayers(); layer++) {
            network.takeSpikes(layer);
        }
    }
}
