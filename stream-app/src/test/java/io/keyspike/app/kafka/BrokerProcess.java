package io.keyspike.app.kafka;

import io.keyspike.app.kafka.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A broker in a JVM of its own, with a folder and a port that outlast it, so that it can be killed and started again. */
final class BrokerProcess implements AutoCloseable {

    private static final String RUNNING = "the broker is running";

    private final Path folder;
    private final int port;
    private JavaProcess process;

    private BrokerProcess(Path folder, int port, JavaProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    static BrokerProcess start(Path folder) {
        int port = freePort();
        return new BrokerProcess(folder, port, launch(folder, port, true));
    }

    private static JavaProcess launch(Path folder, int port, boolean noticeKill) {
        JavaProcess process = JavaProcess.start(
                folder.resolve("log"),
                BrokerProcess.class,
                List.of(folder.resolve("data").toString(), String.valueOf(port), String.valueOf(noticeKill)));
        process.awaitSaid(RUNNING);
        return process;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void kill() {
        process.kill();
    }

    /** After {@link #kill}: the same data, the same port. */
    void restart() {
        process = launch(folder, port, true);
    }

    /** As {@link #restart}, without the {@link EmbeddedBroker}'s precaution: as a Kafka broker that is its own controller. */
    void restartAsKafkaDoes() {
        process = launch(folder, port, false);
    }

    @Override
    public void close() {
        process.close();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        // Sessions shorter than Kafka allows by default, so that a test need not wait for them.
        var settings = Map.of("group.min.session.timeout.ms", "1000");
        try (var broker = EmbeddedBroker.start(
                Path.of(arguments[0]), Integer.parseInt(arguments[1]), settings, Boolean.parseBoolean(arguments[2]))) {
            System.out.println(RUNNING + " at " + broker.bootstrapServers());
            Thread.currentThread().join();
        }
    }
}
