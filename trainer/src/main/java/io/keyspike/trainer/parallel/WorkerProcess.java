package io.keyspike.trainer.parallel;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * What a {@link LocalWorker} runs. The first line on standard input is the token, the first on standard output the port; where
 * standard input ends, so does the process, however the one that started it has ended.
 */
public final class WorkerProcess {
    private WorkerProcess() {}

    /** @param args backend and number of threads */
    public static void main(String[] args) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String token = in.readLine();
        if (args.length != 2 || token == null) {
            throw new IllegalArgumentException(
                    "expected a backend and a number of threads, and a token on standard input");
        }
        var server = WorkerServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                token,
                args[0],
                Integer.parseInt(args[1]),
                remark -> {});
        try (var pipe = new FileOutputStream(FileDescriptor.out)) {
            pipe.write((server.port() + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        try {
            while (in.read() >= 0) {
                // until it ends
            }
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }
}
