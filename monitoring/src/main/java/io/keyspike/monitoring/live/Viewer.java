package io.keyspike.monitoring.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One browser watching a stream. Messages that it has not read yet wait in a queue of fixed length; messages that arrive
 * while the queue is full are dropped, and the browser is told how many. Offering a message never blocks.
 */
public final class Viewer {

    /** About six seconds of messages. */
    static final int QUEUE = 128;

    /** Seconds without a message after which a comment is sent, so that a disconnected reader is noticed. */
    private static final int QUIET_SECONDS = 5;

    private final String device;
    private final ArrayBlockingQueue<Message> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final Runnable onDrop;

    Viewer(String device, Runnable onDrop) {
        this.device = device;
        this.onDrop = onDrop;
    }

    /** The watched device. */
    String device() {
        return device;
    }

    /** Returns at once, whether or not there is room. */
    void offer(Message message) {
        if (!queue.offer(message)) {
            dropped.incrementAndGet();
            onDrop.run();
        }
    }

    /** Number of messages waiting. */
    int waiting() {
        return queue.size();
    }

    /** Messages dropped since it was last told. */
    long dropped() {
        return dropped.get();
    }

    /**
     * Sends messages until the reader disconnects.
     *
     * @param out flushed whenever no message is waiting
     * @throws IOException when it has disconnected
     * @throws InterruptedException when the server closes, or the browser has read nothing for too long
     */
    public void sendTo(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            Message next = queue.poll(QUIET_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                out.write(": still here\n\n".getBytes(StandardCharsets.US_ASCII));
            } else {
                out.write(next.bytes());
                long lost = queue.isEmpty() ? dropped.getAndSet(0) : 0;
                if (lost > 0) {
                    out.write(new Message(
                                    "dropped",
                                    () -> JsonNodeFactory.instance.objectNode().put("messages", lost))
                            .bytes());
                }
            }
            if (queue.isEmpty()) {
                out.flush();
            }
        }
    }
}
