package io.keyspike.audio.features;

import io.keyspike.testing.GoldenFile;
import io.keyspike.testing.NeedsRecordings;
import io.keyspike.testing.SharedData;

/** Against librosa and torchaudio on recordings. */
@NeedsRecordings(SharedData.LOG_MEL)
class LogMelRecordingTest extends LogMelGoldenTest {
    @Override
    GoldenFile vectors() {
        return GoldenFile.open(SharedData.LOG_MEL);
    }
}
