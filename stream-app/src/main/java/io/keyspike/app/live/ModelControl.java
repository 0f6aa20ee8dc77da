package io.keyspike.app.live;

import io.keyspike.models.KeywordModel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The available models, and how to activate another one. */
public interface ModelControl {

    /** Names of all models, in order. */
    List<String> names();

    /** Name of the active one; null if a model without a name is active. */
    @Nullable
    String inUse();

    /**
     * Activates a model.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IOException if it is invalid; the active model stays
     */
    void use(String name) throws IOException;

    /**
     * Registers a model under a new name and activates it, so that it is possible to go back to the previous one.
     *
     * @param wanted the preferred name, or its prefix if it is taken
     * @return the name given to it
     */
    String save(KeywordModel model, String wanted) throws IOException;
}
