package io.keyspike.trainer.features;

/** Batches of clips of which a test notes or changes what is asked of them. */
public abstract class BatchesOfClips implements BatchSource {
    private final ClipBatches clips;

    protected BatchesOfClips(ClipBatches clips) {
        this.clips = clips;
    }

    @Override
    public Batch newBatch() {
        return clips.newBatch();
    }

    @Override
    public int maximumSteps() {
        return clips.maximumSteps();
    }

    @Override
    public int samples() {
        return clips.samples();
    }

    @Override
    public void build(int epoch, int number, int count, Batch into) {
        clips.build(epoch, number, count, into);
    }
}
