package io.keyspike.monitoring.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a browser signs in if a token is required: by a URL that contains it, or by a form that asks for it. */
final class SignIn {

    static final String PATH = "/sign-in";

    static final Route ROUTE = Route.getBelow("/", request -> Answer.done());

    private static final String STYLE_PATH = "/sign-in.css";
    private static final byte[] STYLE = read("sign-in.css").getBytes(StandardCharsets.UTF_8);
    private static final byte[] FORM = page("");
    private static final byte[] FORM_AGAIN = page("That is not the token of this service.");

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
                // Not the path as received: "//elsewhere" would be another machine.
                return entered(access, token, path.startsWith("//") ? "/" : path);
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

    private static Answer entered(Access access, String token, String next) {
        return Answer.seeOther(next).withHeader("Set-Cookie", access.cookieFor(token));
    }

    private static boolean accepts(@Nullable String types) {
        return types != null && types.contains("text/html");
    }
}
