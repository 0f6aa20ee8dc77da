package io.keyspike.app.live;

import io.keyspike.models.KeywordModel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The available models, and how to activate another one. */
public interface ModelControl {

    /** Names of all models, in order. */
    List<String> names();

    /** Why none can be activated here at the moment, as a sentence for a person; null if one can. */
    @Nullable
    String refusal();

    /** Name of the active one of these models; null if the stream runs none of them. */
    @Nullable
    String inUse();

    /**
     * Activates a model.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IllegalStateException if there is a {@link #refusal}
     * @throws IOException if it is invalid; the active model stays
     */
    void use(String name) throws IOException;

    /**
     * Registers a model under a new name and activates it, so that it is possible to go back to the previous one.
     *
     * @param wanted the preferred name, or its prefix if it is taken
     * @return the name given to it
     * @throws IllegalStateException if there is a {@link #refusal}
     */
    String save(KeywordModel model, String wanted) throws IOException;
}
