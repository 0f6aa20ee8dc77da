package io.keyspike.models.file;

import io.keyspike.models.network.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Safetensors files of float32 tensors that are no models: what is exchanged with other programs. */
public final class TensorFiles {

    private TensorFiles() {}

    /**
     * Writes a file.
     *
     * @param file replaced where it exists
     * @param metadata texts by name
     * @param tensors by name
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the tensors take more than a file may
     */
    public static void write(Path file, Map<String, String> metadata, Map<String, Tensor> tensors) throws IOException {
        Files.write(file, new Safetensors(new TreeMap<>(metadata), new TreeMap<>(tensors)).write());
    }

    /**
     * Reads the tensors of a file.
     *
     * @param file as {@link #write} leaves it
     * @return tensors by name
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException in one sentence, if it is not such a file
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        return Safetensors.read(Files.readAllBytes(file)).tensors();
    }
}
