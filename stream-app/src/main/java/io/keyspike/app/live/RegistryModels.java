package io.keyspike.app.live;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.file.ModelFiles;
import io.keyspike.models.registry.ModelRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The models of a registry, and further ones that are added to it when chosen. */
public final class RegistryModels implements ModelControl {

    /** The suffix that {@link #save} appends. */
    private static final Pattern VERSION = Pattern.compile("-v\\d+$");

    private final ModelRegistry registry;
    private final Supplier<@Nullable String> refusal;
    private final Supplier<Map<String, Path>> others;
    private final int sampleRateHz;

    /**
     * @param refusal why the registry does not decide at the moment what the streams run; null if it does
     * @param others files of further models by name
     * @param sampleRateHz of the streams; a model for another rate cannot take them over
     */
    public RegistryModels(
            ModelRegistry registry,
            Supplier<@Nullable String> refusal,
            Supplier<Map<String, Path>> others,
            int sampleRateHz) {
        this.registry = registry;
        this.refusal = refusal;
        this.others = others;
        this.sampleRateHz = sampleRateHz;
    }

    @Override
    public @Nullable String refusal() {
        return refusal.get();
    }

    @Override
    public List<String> names() {
        return List.copyOf(files().keySet());
    }

    @Override
    public @Nullable String inUse() {
        return refusal.get() == null ? registry.currentName() : null;
    }

    private void requirePermission() {
        String why = refusal.get();
        if (why != null) {
            throw new IllegalStateException(why);
        }
    }

    private Map<String, Path> files() {
        var files = new TreeMap<>(others.get());
        try {
            for (ModelRegistry.Entry entry : registry.list()) {
                files.put(entry.name(), entry.file());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    @Override
    public void use(String name) throws IOException {
        requirePermission();
        Path file = files().get(name);
        if (file == null) {
            throw new IllegalArgumentException("models: expected one of " + names() + ", found '" + name + "'");
        }
        int rate = ModelFiles.read(file).features().sampleRateHz();
        if (rate != sampleRateHz) {
            throw new IOException(
                    "models: expected one for audio at " + sampleRateHz + " Hz, found " + name + " at " + rate + " Hz");
        }
        if (registry.list().stream().noneMatch(entry -> entry.name().equals(name))) {
            registry.add(file, name);
        }
        registry.use(name);
    }

    @Override
    public String save(KeywordModel model, String wanted) throws IOException {
        requirePermission();
        String base = VERSION.matcher(wanted).replaceAll("");
        List<String> taken = names();
        int number = 2;
        while (taken.contains(base + "-v" + number)) {
            number++;
        }
        String name = base + "-v" + number;
        Path file = Files.createTempFile("keyspike-", ".safetensors");
        try {
            ModelFiles.write(file, model.withName(name));
            registry.add(file, name);
        } finally {
            Files.deleteIfExists(file);
        }
        registry.use(name);
        return name;
    }
}
