package io.keyspike.audio;

import java.io.IOException;
import java.util.List;

/**
 * A recording whose header says what it holds, at its own rate, its channels mixed down to their mean.
 *
 * <p>{@link #read} throws a {@link CutOffException} at the end of one that was cut off, after all its samples.
 */
public interface Recording extends AudioSource {

    /** {@return what the header says} */
    SoundFormat format();

    /** {@return what was odd but did no harm, in clauses without the file's name; complete after the last sample} */
    List<String> warnings();

    @Override
    default int sampleRateHz() {
        return format().sampleRateHz();
    }

    /**
     * {@inheritDoc}
     *
     * @throws CutOffException after the last sample, if samples that the header announces are missing
     */
    @Override
    int read(short[] buffer, int offset, int length) throws IOException;
}
