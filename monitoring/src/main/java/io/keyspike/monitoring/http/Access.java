package io.keyspike.monitoring.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Access control. On a loopback address anyone on this machine has access, but no foreign web page in their browser: a
 * request has to name this machine ({@code Host}, against DNS rebinding) and must come from no other origin (against forged
 * requests). On any other address a token is required as well: {@code Authorization: Bearer TOKEN}, or, for a browser, one
 * visit of {@code /?token=TOKEN}, which leaves a cookie in its place.
 *
 * <p>The token is sent unencrypted; outside a trusted network, put a proxy with TLS in front.
 */
public final class Access {

    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private static final int TOKEN_BYTES = 24;
    private static final int SHORTEST_TOKEN = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final @Nullable String token;
    private final boolean generated;
    private final Sessions sessions = new Sessions();

    private Access(@Nullable String token, boolean generated) {
        this.token = token;
        this.generated = generated;
    }

    /**
     * The default for an address: on loopback, the {@code Host} must be this machine; anywhere else a new token is
     * required.
     *
     * @param address that the server listens on
     * @return rules without a token, or with a random one that {@link #tokenToTell} returns
     */
    public static Access to(InetAddress address) {
        return address.isLoopbackAddress() ? new Access(null, false) : new Access(newSecret(), true);
    }

    /**
     * Requires the token in a file, even on loopback addresses.
     *
     * @param file holds the token and nothing else; surrounding white space is ignored
     * @return rules that require this token and do not tell it
     * @throws IOException with one sentence, if the file cannot be read, or holds anything but one word of 16 or more
     *     printable ASCII characters
     */
    public static Access byTokenIn(Path file) throws IOException {
        String content = Files.readString(file).strip();
        if (content.length() < SHORTEST_TOKEN || content.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IOException("token file " + file + ": expected one word of at least " + SHORTEST_TOKEN
                    + " printable ASCII characters, found something else");
        }
        return new Access(content, false);
    }

    /** Requires this token. */
    static Access byToken(String token) {
        return new Access(token, false);
    }

    static String newSecret() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** {@return whether a token is required} */
    public boolean needsToken() {
        return token != null;
    }

    /**
     * {@return the randomly generated token, to be shown to the user once; null if there is none, or the user supplied
     * it}
     */
    public @Nullable String tokenToTell() {
        return generated ? token : null;
    }

    @Nullable
    String token() {
        return token;
    }

    /**
     * @param open whether the resource needs no token
     * @throws RequestException with 401 or 403 if access is denied
     */
    void check(HttpExchange exchange, boolean open) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (token == null && (host == null || !LOOPBACK_HOST.matcher(host).matches())) {
            throw new RequestException(
                    403, "expected a request to this machine by name (localhost), found a different Host");
        }
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        if (origin != null && !isOf(origin, host)) {
            throw new RequestException(
                    403, "expected a request from this server's own pages, found a different Origin");
        }
        String site = exchange.getRequestHeaders().getFirst("Sec-Fetch-Site");
        boolean changes = switch (exchange.getRequestMethod()) {
            case "GET", "HEAD" -> false;
            default -> true;
        };
        if (changes && site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new RequestException(
                    403, "expected a request from this server's own pages, found one from elsewhere");
        }
        if (token != null && !open && !hasToken(exchange)) {
            throw new RequestException(401, "expected the token: Authorization: Bearer TOKEN, or /?token=TOKEN once");
        }
    }

    private boolean hasToken(HttpExchange exchange) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return isToken(authorization.substring(7).strip());
        }
        return sessions.knows(Sessions.cookie(exchange.getRequestHeaders().get("Cookie")));
    }

    /** Compares in constant time. */
    private boolean isToken(String given) {
        String expected = token;
        return expected != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    /** Exchanges a token for a session cookie. @throws RequestException with 401 if it is another */
    String cookieFor(String given) {
        if (!isToken(given)) {
            throw new RequestException(401, "invalid token");
        }
        return sessions.begin();
    }

    private static boolean isOf(String origin, @Nullable String host) {
        int scheme = origin.indexOf("://");
        return host != null && scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }
}
