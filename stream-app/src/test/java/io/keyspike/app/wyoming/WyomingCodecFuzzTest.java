package io.keyspike.app.wyoming;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.keyspike.models.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes from a satellite: events, or a {@link WyomingException} of one line. With the profile "slow" Jazzer looks
 * for bytes that break this.
 */
@Tag("fuzz")
class WyomingCodecFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) throws IOException {
        var in = new ByteArrayInputStream(bytes);
        var sound = new ChunkSound(16_000, Json.object());
        try {
            for (@Nullable WyomingEvent event = next(in); event != null; event = next(in)) {
                if (event.type().equals("audio-chunk")) {
                    ChunkSound.Samples samples = sound.take(event);
                    // A chunk of one channel of 8 bits at 8 kHz doubles; nothing grows more.
                    assertThat(samples.count()).isLessThanOrEqualTo(2 * event.payload().length + 4_096);
                }
            }
            assertThat(sound.finish().count()).isLessThanOrEqualTo(4_096);
        } catch (WyomingException e) {
            assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(1_000);
        }
    }

    private static @Nullable WyomingEvent next(ByteArrayInputStream in) throws IOException {
        return WyomingCodec.read(in, () -> {});
    }
}
