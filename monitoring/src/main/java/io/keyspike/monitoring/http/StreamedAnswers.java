package io.keyspike.monitoring.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The streamed answers in progress. A client that reads nothing for too long is disconnected: the thread that waits for it
 * is interrupted, and the connection closed with it.
 */
final class StreamedAnswers implements AutoCloseable {

    private final long stalledNanos;
    private final Set<Watched> underWay = ConcurrentHashMap.newKeySet();
    private final Thread watch;
    private volatile boolean closed;

    StreamedAnswers(int stalledSeconds) {
        stalledNanos = TimeUnit.SECONDS.toNanos(stalledSeconds);
        watch = Thread.ofVirtual().name("http-stalled-readers").start(this::watch);
    }

    /** Runs the writer to its end. @throws IOException if the reader goes away */
    void write(Answer.Writer writer, OutputStream out) throws IOException {
        var watched = new Watched(out, Thread.currentThread());
        underWay.add(watched);
        try {
            if (!closed) {
                writer.write(watched);
            }
        } catch (InterruptedException e) {
            // The server closes, or the reader took too long: the answer ends here.
        } finally {
            underWay.remove(watched);
        }
    }

    private void watch() {
        try {
            while (!closed) {
                Thread.sleep(TimeUnit.NANOSECONDS.toMillis(stalledNanos) / 4 + 1);
                long now = System.nanoTime();
                for (Watched each : underWay) {
                    long since = each.writingSince;
                    if (since != 0 && now - since > stalledNanos) {
                        each.writer.interrupt();
                    }
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
        underWay.forEach(each -> each.writer.interrupt());
    }

    /** Notes since when a write has been waiting for its reader. */
    private static final class Watched extends FilterOutputStream {

        final Thread writer;
        /** 0 while nothing is being written. */
        volatile long writingSince;

        Watched(OutputStream out, Thread writer) {
            super(out);
            this.writer = writer;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            writingSince = System.nanoTime() | 1;
            try {
                out.write(bytes, from, count);
            } finally {
                writingSince = 0;
            }
        }

        @Override
        public void flush() throws IOException {
            writingSince = System.nanoTime() | 1;
            try {
                out.flush();
            } finally {
                writingSince = 0;
            }
        }
    }
}
