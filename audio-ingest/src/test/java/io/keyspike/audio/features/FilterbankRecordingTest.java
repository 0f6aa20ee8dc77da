package io.keyspike.audio.features;

import io.keyspike.testing.GoldenFile;
import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;

/** Against SciPy's float64 filters on a recording. */
@NeedsRecordings(SharedData.FILTERBANK)
class FilterbankRecordingTest extends FilterbankGoldenTest {
    @Override
    GoldenFile vectors() {
        return GoldenFile.open(SharedData.FILTERBANK);
    }
}
