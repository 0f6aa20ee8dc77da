package io.keyspike.monitoring.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a browser signs in if a token is required: by a URL that contains it, or by a form that asks for it. */
final class SignIn {

    static final String PATH = "/sign-in";

    static final Route ROUTE = Route.getBelow("/", request -> Answer.done());

    private static final String STYLE_PATH = "/sign-in.css";
    private static final byte[] STYLE = read("sign-in.css").getBytes(StandardCharsets.UTF_8);
    private static final byte[] FORM = page("");
    private static final byte[] FORM_AGAIN = page("That is not the token of this service.");

    private static final Pattern PLAIN_PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+/?");

    private SignIn() {}

    /**
     * The answer to a request without the token.
     *
     * @throws RequestException with 401 if it neither contains the token nor comes from a browser that can ask for it
     */
    static Answer answer(Request request, Access access) throws IOException {
        String path = request.path();
        if (request.method().equals("POST") && path.equals(PATH)) {
            try {
                return entered(access, String.valueOf(request.form().get("token")), "/");
            } catch (RequestException e) {
                if (e.status() == 401 && accepts(request.header("Accept"))) {
                    return form(FORM_AGAIN);
                }
                throw e;
            }
        }
        if (request.method().equals("GET")) {
            if (path.equals(STYLE_PATH)) {
                return Answer.bytes(200, "text/css; charset=utf-8", STYLE);
            }
            String token = request.query("token");
            if (token != null) {
                return entered(access, token, next(path));
            }
            if (accepts(request.header("Accept"))) {
                return form(FORM);
            }
        }
        throw new RequestException(401, "expected the token: Authorization: Bearer TOKEN, or /?token=TOKEN once");
    }

    private static Answer form(byte[] page) {
        return Answer.bytes(401, "text/html; charset=utf-8", page);
    }

    private static byte[] page(String error) {
        return read("sign-in.html").replace("{error}", error).getBytes(StandardCharsets.UTF_8);
    }

    private static String read(String name) {
        try (InputStream in = SignIn.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("expected the file " + name + " in the program, found none");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The page to open next: the one asked for if its path is plain, else the first one. Browsers read {@code //elsewhere} and
     * {@code /\elsewhere} as another machine, and drop tabs and line ends on the way there.
     */
    static String next(String path) {
        return PLAIN_PATH.matcher(path).matches() ? path : "/";
    }

    private static Answer entered(Access access, String token, String next) {
        return Answer.seeOther(next).withHeader("Set-Cookie", access.cookieFor(token));
    }

    private static boolean accepts(@Nullable String types) {
        return types != null && types.contains("text/html");
    }
}
