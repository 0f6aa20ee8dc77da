package io.keyspike.trainer.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.keyspike.trainer.common.SplitMix;
import io.keyspike.trainer.config.ConfigReader;
import io.keyspike.trainer.loop.Crew;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A worker that is told what nobody should tell it. */
class WorkerSessionTest {
    private static final String CONFIG = """
            data: {words: [a, b]}
            network: {layers: [{name: hidden, width: 4}, {name: out}]}
            training: {batch: 8}
            """;

    /** What the worker answers. */
    private static final class Answers implements StreamObserver<byte[]> {
        final List<byte[]> messages = new ArrayList<>();

        @Nullable
        Status status;

        @Override
        public void onNext(byte[] message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable t) {
            status = Status.fromThrowable(t);
        }

        @Override
        public void onCompleted() {
            status = Status.OK;
        }
    }

    private final AtomicBoolean busy = new AtomicBoolean();

    private WorkerSession session(Answers answers) {
        return new WorkerSession(answers, busy, new WorkerServer.Kernels("vector", 1), remark -> {});
    }

    private static byte[] setup() {
        return Messages.setup(new Crew.Setup(ConfigReader.parse(CONFIG), 3, 0.001, 5));
    }

    @Test
    void shouldRefuseAnotherPlatformAndBeFreeAgain() {
        var answers = new Answers();
        session(answers).onNext(Messages.hello("Keyspike 7 on a PDP-11"));
        assertThat(String.valueOf(answers.status))
                .contains("FAILED_PRECONDITION")
                .contains("expected Keyspike 7 on a PDP-11 as here, found Keyspike ");
        assertThat(busy).isFalse();
    }

    @Test
    void shouldRefuseASetupThatCannotBeShared() {
        var answers = new Answers();
        WorkerSession session = session(answers);
        session.onNext(Messages.hello(Wire.platform()));
        session.onNext(Messages.setup(new Crew.Setup(
                ConfigReader.parse(CONFIG.replace("width: 4", "width: 4, batch_norm: true")), 3, 0.001, 5)));
        assertThat(String.valueOf(answers.status))
                .contains("INVALID_ARGUMENT")
                .contains("--workers: expected training.parts");
        assertThat(busy).isFalse();
    }

    @Test
    void shouldEndAtMutatedMessagesAndBeFreeForTheNext() {
        var random = new SplitMix(11);
        byte[] setup = setup();
        byte[] hello = Messages.hello(Wire.platform());
        for (int i = 0; i < 300; i++) {
            var answers = new Answers();
            WorkerSession session = session(answers);
            session.onNext(i % 10 == 0 ? mutated(hello, random) : hello);
            session.onNext(i % 2 == 0 ? mutated(setup, random) : setup);
            byte[] noise = new byte[random.nextInt(200)];
            for (int k = 0; k < noise.length; k++) {
                noise[k] = (byte) random.nextInt(256);
            }
            if (noise.length > 0) {
                noise[0] = (byte) (Messages.WEIGHTS + random.nextInt(2));
            }
            session.onNext(noise);
            assertThat(answers.messages).hasSizeLessThanOrEqualTo(2); // no gradients
            session.onError(new IllegalStateException("gone"));
            assertThat(busy).isFalse();
        }
    }

    /** Not in the sizes, which would cost memory only. */
    private static byte[] mutated(byte[] message, SplitMix random) {
        byte[] changed = message.clone();
        changed[9 + random.nextInt(Math.min(60, changed.length) - 9)] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }
}
