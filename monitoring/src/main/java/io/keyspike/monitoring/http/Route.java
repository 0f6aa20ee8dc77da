package io.keyspike.monitoring.http;

/**
 * Method and path that a handler serves.
 *
 * @param method GET (answers HEAD too), POST, PUT or DELETE
 * @param path absolute; matched exactly, or as the beginning of a path if {@code prefix}: {@code /devices} is then the
 *     beginning of {@code /devices} and {@code /devices/kitchen}, and not of {@code /devicesx}
 * @param prefix whether all paths below {@code path} are served too
 * @param open answered without a token even where one is required
 * @param handler called for each request that has passed access control
 */
public record Route(String method, String path, boolean prefix, boolean open, Handler handler) {

    /**
     * Checks method and path.
     *
     * @throws IllegalArgumentException if the method is another, or the path does not begin with a slash or ends with
     *     one
     */
    public Route {
        if (!path.startsWith("/") || (path.length() > 1 && path.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "route: expected a path that begins with / and does not end with it, found " + path);
        }
        switch (method) {
            case "GET", "POST", "PUT", "DELETE" -> {}
            default -> throw new IllegalArgumentException("route: expected GET, POST, PUT or DELETE, found " + method);
        }
    }

    /**
     * Answers GET and HEAD of exactly this path.
     *
     * @param path absolute, matched exactly
     * @param handler answers both methods; the body is left out for HEAD
     * @return a route that needs the token where one is required
     */
    public static Route get(String path, Handler handler) {
        return new Route("GET", path, false, false, handler);
    }

    /**
     * Answers GET and HEAD of this path and of all below it; {@link Request#rest} tells which one.
     *
     * @param path absolute; {@code /} for every path
     * @param handler answers both methods; the body is left out for HEAD
     * @return a route that needs the token where one is required
     */
    public static Route getBelow(String path, Handler handler) {
        return new Route("GET", path, true, false, handler);
    }

    /**
     * Answers POST of exactly this path.
     *
     * @param path absolute, matched exactly
     * @param handler answers POST
     * @return a route that needs the token where one is required
     */
    public static Route post(String path, Handler handler) {
        return new Route("POST", path, false, false, handler);
    }

    /**
     * Answers POST of this path and of all below it.
     *
     * @param path absolute; {@code /} for every path
     * @param handler answers POST
     * @return a route that needs the token where one is required
     */
    public static Route postBelow(String path, Handler handler) {
        return new Route("POST", path, true, false, handler);
    }

    /**
     * Answers PUT of exactly this path.
     *
     * @param path absolute, matched exactly
     * @param handler answers PUT
     * @return a route that needs the token where one is required
     */
    public static Route put(String path, Handler handler) {
        return new Route("PUT", path, false, false, handler);
    }

    /**
     * Answers PUT of this path and of all below it.
     *
     * @param path absolute; {@code /} for every path
     * @param handler answers PUT
     * @return a route that needs the token where one is required
     */
    public static Route putBelow(String path, Handler handler) {
        return new Route("PUT", path, true, false, handler);
    }

    /**
     * The same, answered without a token even where one is required: for what reveals nothing private.
     *
     * @return a copy; this route is not changed
     */
    public Route withoutToken() {
        return new Route(method, path, prefix, true, handler);
    }

    boolean matches(String requested) {
        if (!prefix || path.equals("/")) {
            return prefix || requested.equals(path);
        }
        return requested.startsWith(path)
                && (requested.length() == path.length() || requested.charAt(path.length()) == '/');
    }

    boolean answers(String requestedMethod) {
        return method.equals(requestedMethod) || (method.equals("GET") && requestedMethod.equals("HEAD"));
    }
}
