package io.keyspike.models.registry;

import io.keyspike.kernels.StepKernels;
import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.AtomicFiles;
import io.keyspike.models.file.ModelFileException;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.spotter.KeywordSpotter;
import io.keyspike.models.spotter.WarmKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The models of a folder and which one is active. The folder holds {@code <name>.safetensors} files, {@code current} (the
 * file name in use) and {@code history} (earlier ones, newest last). Watches the folder: a new or changed current model is
 * read, checked and warmed, then offered by {@link #current}; a bad one is reported to the listener and the old one stays.
 * Thread-safe; {@link #current} is a plain volatile read.
 */
public final class ModelRegistry implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ModelRegistry.class.getName());

    /** What happened to a model: for logs and meters. Delivered one at a time, by the thread that caused it. */
    public sealed interface Event {
        /**
         * Another model has become active.
         *
         * @param fromVersion the version that was active before; empty where none was
         * @param toVersion the version that is active now
         */
        record Swapped(String fromVersion, String toVersion) implements Event {}

        /**
         * A model was not taken into use; the active one stays.
         *
         * @param origin a file, or whatever else the model was to come from
         * @param reason what is wrong with it, as a sentence
         */
        record Refused(String origin, String reason) implements Event {}
    }

    /**
     * A model as a listing shows it.
     *
     * @param name of the file, without its suffix
     * @param file where it lies
     * @param inUse whether {@code current} names it, valid or not
     */
    public record Entry(String name, Path file, boolean inUse) {}

    /** What the watch compares: which file is active, and what tells one content of it from another. */
    private record Seen(
            @Nullable String current,
            @Nullable FileTime modified,
            long size,
            @Nullable Object fileKey) {}

    private static final Seen NOTHING = new Seen(null, null, 0, null);

    private final ModelFolder folder;
    private final StepKernels kernels;
    private final Consumer<Event> listener;
    private final @Nullable FolderWatch watch;
    private final WarmKinds warm = new WarmKinds();

    /** Guards loading and swapping, and the two fields below; never taken by {@link #current}. */
    private final Object loading = new Object();

    /** What was loaded or refused last. */
    private Seen settled = NOTHING;

    /** What the last look saw. */
    private Seen lastSeen = NOTHING;

    private volatile @Nullable KeywordSpotter current;

    /** Name under which {@link #current} was loaded; written with it, under {@link #loading}. */
    private volatile @Nullable String currentName;

    private volatile @Nullable Entry standIn;

    private ModelRegistry(ModelFolder folder, StepKernels kernels, boolean watched, Consumer<Event> listener) {
        this.folder = folder;
        this.kernels = kernels;
        this.listener = listener;
        synchronized (loading) {
            settle(see());
            loadCurrent().run();
        }
        this.watch = watched ? new FolderWatch(folder.path(), this::look) : null;
    }

    /**
     * Opens a folder, and watches it if asked. The folder may be empty; it is created if it is not there. A model in use
     * that is not valid is reported to the listener, and there is none until a valid one comes.
     *
     * @param folder where the models are
     * @param kernels what the networks of the models run on
     * @param watch whether changes by others are noticed; if not, only {@link #use} and {@link #rollback} change the model
     * @param listener told of every swap, and of every refusal that no caller gets as an exception
     * @return the registry, to be closed when it is watched
     * @throws IOException if the folder cannot be created
     */
    public static ModelRegistry open(Path folder, StepKernels kernels, boolean watch, Consumer<Event> listener)
            throws IOException {
        return new ModelRegistry(new ModelFolder(folder), kernels, watch, listener);
    }

    /**
     * {@return the active model, ready to run}
     *
     * @throws IllegalStateException if there is none
     */
    public KeywordSpotter current() {
        KeywordSpotter spotter = current;
        if (spotter == null) {
            throw new IllegalStateException("registry: expected an active model in " + folder.path() + ", found none");
        }
        return spotter;
    }

    /**
     * {@return the name under which the active model was loaded, which is not what {@code current} says while that names a
     * model that was refused; null if there is none}
     */
    public @Nullable String currentName() {
        return currentName;
    }

    /**
     * Says which model runs while none of the folder is active, so that {@link #rollback} can go back to before the first
     * {@link #use}.
     *
     * @param name under which it is copied in when it is gone back to
     * @param file the model file, in any folder
     */
    public void standIn(String name, Path file) {
        standIn = new Entry(name, file, false);
    }

    /**
     * {@return all models of the folder, by name; their files are not checked}
     *
     * @throws IOException if the folder, or which model is in use, cannot be read
     */
    public List<Entry> list() throws IOException {
        String inUse = folder.current();
        return folder.names().stream()
                .map(name -> new Entry(name, folder.fileOf(name), name.equals(inUse)))
                .toList();
    }

    /**
     * {@return the path of a registered model}
     *
     * @param name as {@link #list} has it
     * @throws IllegalArgumentException if there is no such model, naming those there are
     * @throws IOException if the folder cannot be read
     */
    public Path fileOf(String name) throws IOException {
        List<String> names = folder.names();
        if (!names.contains(name)) {
            throw new IllegalArgumentException("registry: expected one of " + names + ", found '" + name + "'");
        }
        return folder.fileOf(name);
    }

    /**
     * Takes a registered model into use, at once in this process and in every other that watches the folder.
     *
     * @param name as {@link #list} has it
     * @throws ModelFileException if it is not valid; the active model stays
     * @throws IllegalArgumentException if there is no such model
     * @throws IOException if the folder cannot be read or written
     */
    public void use(String name) throws IOException {
        fileOf(name);
        synchronized (loading) {
            Seen seen = see(name);
            KeywordSpotter spotter = load(name);
            folder.exclusively(() -> {
                String before = folder.current();
                if (before != null && !before.equals(name)) {
                    var history = new ArrayList<>(folder.history());
                    history.add(before);
                    folder.setHistory(history);
                }
                folder.setCurrent(name);
                return name;
            });
            settle(seen);
            swap(name, spotter);
        }
    }

    /**
     * Copies a model file in atomically after checking it; does not take it into use, unless it replaces the very model
     * that is. The copy has the name inside as well, so that its version, its events and a cluster to which it is published
     * call it what it is called here.
     *
     * @param file the model file to copy, in any folder
     * @param name under which it is registered: up to 64 characters; a model of that name is replaced
     * @throws ModelFileException if it is not valid
     * @throws IllegalArgumentException if the name cannot be one of a model
     * @throws IOException if the file cannot be read or the copy not be written
     */
    public void add(Path file, String name) throws IOException {
        if (!KeywordModel.isName(name)) {
            throw new IllegalArgumentException(
                    "registry: expected a name of up to 64 characters from a-z, 0-9, '.', '_', '-', found '" + name
                            + "'");
        }
        AtomicFiles.write(folder.fileOf(name), ModelFiles.bytesNamed(file, name));
    }

    /**
     * Deletes a registered model.
     *
     * @param name as {@link #list} has it
     * @throws IllegalArgumentException if there is no such model, naming those there are
     * @throws IllegalStateException if it is active
     * @throws IOException if the folder cannot be read or written
     */
    public void remove(String name) throws IOException {
        Path file = fileOf(name);
        folder.exclusively(() -> {
            if (name.equals(folder.current())) {
                throw new IllegalStateException(
                        "registry: expected a model that is not active, found '" + name + "', which is");
            }
            folder.setHistory(folder.history().stream()
                    .filter(other -> !other.equals(name))
                    .toList());
            Files.delete(file);
            return name;
        });
    }

    /**
     * Back to the model that was active before; asked again, to the one before that, and in the end to the {@link #standIn}.
     *
     * @return its name
     * @throws IllegalStateException if there was none
     * @throws ModelFileException if it is no longer valid; the active model stays
     * @throws IOException if the folder cannot be read or written
     */
    public String rollback() throws IOException {
        synchronized (loading) {
            return folder.exclusively(() -> {
                var history = new ArrayList<>(folder.history());
                String now = folder.current();
                while (!history.isEmpty() && history.getLast().equals(now)) {
                    history.removeLast();
                }
                String name = history.isEmpty() ? standInFor(now) : history.removeLast();
                Seen seen = see(name);
                KeywordSpotter spotter = load(name);
                folder.setCurrent(name);
                folder.setHistory(history);
                settle(seen);
                swap(name, spotter);
                return name;
            });
        }
    }

    /** Name of the model that ran before the first one was activated, which is copied in if need be. */
    private String standInFor(@Nullable String now) throws IOException {
        Entry before = standIn;
        if (before == null || now == null || now.equals(before.name())) {
            throw new IllegalStateException(
                    "registry: expected an earlier model in " + folder.path() + " to roll back to, found none");
        }
        if (!folder.names().contains(before.name())) {
            add(before.file(), before.name());
        }
        return before.name();
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }

    /**
     * One look of the watch: a change that has stayed the same from one look to the next is loaded. What changes while it is
     * loaded was not at rest, so that nothing of that load counts, neither a model nor a refusal.
     */
    private boolean look() {
        synchronized (loading) {
            Seen seen = see();
            if (seen.equals(settled)) {
                lastSeen = seen;
                return false;
            }
            if (!seen.equals(lastSeen)) {
                lastSeen = seen; // perhaps half-written: wait until it rests
                return true;
            }
            Runnable outcome = loadCurrent();
            lastSeen = see();
            if (!lastSeen.equals(seen)) {
                return true;
            }
            settle(seen);
            outcome.run();
            return false;
        }
    }

    /** To be taken before a load, so that a change during the load is seen as one later. */
    private Seen see() {
        try {
            String name = folder.current();
            return name == null ? NOTHING : see(name);
        } catch (IOException e) {
            return new Seen(e.getMessage(), null, -1, null);
        }
    }

    private Seen see(String name) {
        try {
            BasicFileAttributes file = Files.readAttributes(folder.fileOf(name), BasicFileAttributes.class);
            return new Seen(name, file.lastModifiedTime(), file.size(), file.fileKey());
        } catch (IOException e) {
            return new Seen(name, null, -1, null);
        }
    }

    private void settle(Seen seen) {
        settled = seen;
        lastSeen = seen;
    }

    /**
     * Loads what {@code current} names.
     *
     * @return what follows from it: the swap, or the report of a refusal, which changes nothing
     */
    private Runnable loadCurrent() {
        Path file = folder.currentPath();
        try {
            String name = folder.current();
            if (name == null) {
                return () -> {};
            }
            file = folder.fileOf(name);
            KeywordSpotter spotter = load(name);
            return () -> swap(name, spotter);
        } catch (ModelFileException e) {
            return refusal(file, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return refusal(file, file + ": expected a file that can be read, found " + e);
        }
    }

    private Runnable refusal(Path file, String reason) {
        return () -> tell(new Event.Refused(file.toString(), reason));
    }

    private KeywordSpotter load(String name) throws IOException {
        Path file = folder.fileOf(name);
        KeywordModel model;
        try {
            model = ModelFiles.read(file);
        } catch (NoSuchFileException e) {
            throw new ModelFileException(file + ": expected a model file, found none", e);
        }
        try {
            var spotter = new KeywordSpotter(model, kernels);
            spotter.warm();
            KeywordSpotter running = current;
            // Streams run on the active model only in a process that follows the folder.
            if (watch != null && running != null) {
                warm.running(running);
                warm.prepare(spotter);
            }
            return spotter;
        } catch (RuntimeException e) {
            // Valid, yet it does not run: as bad as an invalid one, and no reason to lose the active model.
            throw new ModelFileException(file + ": expected a model that runs, found one that fails with " + e, e);
        }
    }

    private void swap(String name, KeywordSpotter spotter) {
        currentName = name;
        KeywordSpotter before = current;
        String from = before == null ? "" : before.model().version();
        String to = spotter.model().version();
        if (!from.equals(to)) {
            current = spotter;
            tell(new Event.Swapped(from, to));
        }
    }

    private void tell(Event event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener failed on " + event, e);
        }
    }
}
