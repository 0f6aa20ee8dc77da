package io.keyspike.monitoring.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a browser signs in if a token is required: by a URL that contains it, or by a form that asks for it. */
final class SignIn {

    static final String PATH = "/sign-in";

    static final Route ROUTE = Route.getBelow("/", request -> Answer.done());

    private static final String PAGE = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Keyspike: token</title>
        <main>
        <h1>Keyspike</h1>
        <form method="post" action="/sign-in">
        <p><label>Token <input name="token" type="password" autocomplete="current-password" required autofocus></label>
        <button>Open</button></p>
        </form>
        <p>The service printed it when it started, or it is in the file given with --token-file.</p>
        </main>
        """;

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
            return entered(access, String.valueOf(request.form().get("token")), "/");
        }
        if (request.method().equals("GET")) {
            String token = request.query("token");
            if (token != null) {
                return entered(access, token, next(path));
            }
            if (accepts(request.header("Accept"))) {
                return Answer.bytes(401, "text/html; charset=utf-8", PAGE.getBytes(StandardCharsets.UTF_8));
            }
        }
        throw new RequestException(401, "expected the token: Authorization: Bearer TOKEN, or /?token=TOKEN once");
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
