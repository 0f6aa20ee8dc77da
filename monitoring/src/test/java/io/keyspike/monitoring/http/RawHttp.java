package io.keyspike.monitoring.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client without manners: sends exactly the bytes it is told to. */
final class RawHttp {

    private RawHttp() {}

    /** @return all that comes back until the server closes; empty if it closes without a word */
    static String send(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                return rest(socket.getInputStream());
            } catch (SocketException e) {
                return ""; // closed while we were still talking
            }
        }
    }

    /** As {@link #send}, a request without a body. */
    static String request(int port, String line, String... headers) throws IOException {
        var text = new StringBuilder(line).append(" HTTP/1.1\r\nConnection: close\r\n");
        boolean host = false;
        for (String header : headers) {
            text.append(header).append("\r\n");
            host |= header.startsWith("Host:");
        }
        if (!host) {
            text.append("Host: localhost:").append(port).append("\r\n");
        }
        return send(port, text.append("\r\n").toString());
    }

    static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    private static String rest(InputStream in) throws IOException {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            // what came before the reset counts
        }
        return text.toString();
    }
}
