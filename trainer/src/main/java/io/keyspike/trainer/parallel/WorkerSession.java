package io.keyspike.trainer.parallel;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.keyspike.trainer.loop.Crew;
import io.keyspike.trainer.loop.PartLearner;
import java.nio.BufferUnderflowException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One training as a worker sees it. gRPC hands over one message at a time; each is worked on before the next. */
final class WorkerSession implements StreamObserver<byte[]> {
    private final StreamObserver<byte[]> answers;
    private final AtomicBoolean busy;
    private final WorkerServer.Kernels kernels;
    private final Consumer<String> remarks;
    private final Messages.Room room = new Messages.Room();
    private boolean welcomed;
    private boolean over;
    private @Nullable PartLearner learner;
    private double shareOfRun;

    /** @param busy whether the worker has a training already */
    WorkerSession(
            StreamObserver<byte[]> answers,
            AtomicBoolean busy,
            WorkerServer.Kernels kernels,
            Consumer<String> remarks) {
        this.answers = answers;
        this.busy = busy;
        this.kernels = kernels;
        this.remarks = remarks;
    }

    @Override
    public void onNext(byte[] message) {
        if (over) {
            return;
        }
        try {
            answer(message);
        } catch (BufferUnderflowException e) {
            refuse(Status.INVALID_ARGUMENT, "message: expected more than its " + message.length + " bytes");
        } catch (RuntimeException e) {
            refuse(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            refuse(Status.RESOURCE_EXHAUSTED, "the worker's memory is full: " + e.getMessage());
        }
    }

    private void answer(byte[] message) {
        byte kind = message.length == 0 ? 0 : message[0];
        if (!welcomed) {
            greet(Messages.readHello(message));
            return;
        }
        PartLearner l = learner;
        if (l == null || kind == Messages.SETUP) {
            Crew.Setup setup = Messages.readSetup(message);
            Crew.requireParts(setup.config(), kernels.backend());
            l = new PartLearner(setup, kernels.open(setup.config().network().solver()));
            learner = l;
            remarks.accept("learning parts of '" + setup.config().name() + "', "
                    + l.network().parameterCount() + " parameters");
            answers.onNext(Messages.ready(l.network().parameterCount()));
        } else if (kind == Messages.WEIGHTS) {
            shareOfRun = Messages.readWeights(message, l.network());
        } else {
            PartLearner.Part part = Messages.readBatch(message, l, room);
            answers.onNext(Messages.gradients(Messages.number(message), l.network(), part, l.learn(part, shareOfRun)));
        }
    }

    private void greet(String platform) {
        if (!platform.equals(Wire.platform())) {
            refuse(Status.FAILED_PRECONDITION, "expected " + platform + " as here, found " + Wire.platform());
        } else if (!busy.compareAndSet(false, true)) {
            refuse(Status.FAILED_PRECONDITION, "expected a worker that is free, found one at work on another training");
        } else {
            welcomed = true;
            answers.onNext(Messages.welcome(kernels.threads()));
        }
    }

    private void refuse(Status status, String sentence) {
        end("refused: " + sentence);
        answers.onError(status.withDescription(sentence).asRuntimeException());
    }

    private void end(String how) {
        if (over) {
            return;
        }
        over = true;
        learner = null;
        if (welcomed) {
            busy.set(false);
        }
        remarks.accept(how);
    }

    @Override
    public void onError(Throwable t) {
        end("the connection was lost; waiting for the next training");
    }

    @Override
    public void onCompleted() {
        end("done; waiting for the next training");
        answers.onCompleted();
    }
}
