package io.keyspike.app.live;

import io.keyspike.models.KeywordModel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which models there are to hear with, and how another one is taken into use. */
public interface ModelControl {

    /** Names of all models, in order. */
    List<String> names();

    /** Name of the one in use; null where a model that has none stands in. */
    @Nullable
    String inUse();

    /**
     * Takes a model into use.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IOException if it is not valid; the one in use stays
     */
    void use(String name) throws IOException;

    /**
     * Registers a model under a name of its own and takes it into use, so that the one before can be gone back to.
     *
     * @param wanted name that it is to have, or the beginning of it where that is taken
     * @return the name that it got
     */
    String save(KeywordModel model, String wanted) throws IOException;
}
