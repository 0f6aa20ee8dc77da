package io.keyspike.monitoring.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes of a client: requests and their bodies, or refused with a sentence. With the profile "slow" Jazzer looks for bytes that
 * break this.
 */
@Tag("fuzz")
class RequestFuzzTest {

    @FuzzTest
    void shouldReadOrRefuseAnyBytes(byte[] bytes) {
        var in = new ByteArrayInputStream(bytes);
        try {
            for (int first = in.read(); first >= 0; first = in.read()) {
                RequestHead head = RequestHead.read(in, first, 2_048);
                if (head == null) {
                    return;
                }
                assertThat(head.length()).isGreaterThanOrEqualTo(-1);
                var body = new BodyIn(in, head.length(), () -> {});
                assertThat(body.readAllBytes().length).isLessThan(bytes.length);
                assertThat(body.isEnded()).isTrue();
            }
        } catch (RequestException e) {
            assertThat(e.sentence()).hasLineCount(1);
            assertThat(e.status()).isBetween(400, 505);
        } catch (IOException e) {
            assertThat(e.getMessage()).hasLineCount(1);
        }
    }
}
