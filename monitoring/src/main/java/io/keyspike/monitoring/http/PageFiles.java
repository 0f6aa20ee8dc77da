package io.keyspike.monitoring.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Files of a page on the class path: only those named, read once. */
public final class PageFiles {

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private PageFiles() {}

    /**
     * A route for each file.
     *
     * @param beside class whose package contains the files, in the folder {@code page}
     * @param names of the files; {@code index.html} is at {@code /}, the others at {@code /page/NAME}
     * @return in the order of the names; each needs the token where one is required
     * @throws IllegalArgumentException if a file is missing, or its name ends in none of html, js, css and svg
     */
    public static List<Route> routes(Class<?> beside, List<String> names) {
        var routes = new ArrayList<Route>();
        for (String name : names) {
            byte[] bytes = read(beside, name);
            String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
            if (type == null) {
                throw new IllegalArgumentException("page: expected one of " + TYPES.keySet() + ", found " + name);
            }
            String path = name.equals("index.html") ? "/" : "/page/" + name;
            // Revalidated each time: a restarted service may serve a different page.
            routes.add(
                    Route.get(path, request -> Answer.bytes(200, type, bytes).withHeader("Cache-Control", "no-cache")));
        }
        return routes;
    }

    private static byte[] read(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "page: expected the file " + name + " beside " + beside + ", found none");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
