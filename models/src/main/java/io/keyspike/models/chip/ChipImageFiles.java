package io.keyspike.models.chip;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyspike.kernels.Reset;
import io.keyspike.models.file.AtomicFiles;
import io.keyspike.models.json.Json;
import io.keyspike.models.json.JsonFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Chip images as JSON files, whose schema is {@code chip-image.schema.json} beside this class. Read strictly: every field
 * is expected, and none beside them.
 */
public final class ChipImageFiles {

    private static final String FORMAT = "keyspike-chip-image";
    private static final int FORMAT_VERSION = 1;

    /** Bytes of text that the weights of the largest describable network need; nothing longer is read. */
    private static final long MOST_BYTES = 256L << 20;

    private ChipImageFiles() {}

    /**
     * Writes a file that appears whole or not at all.
     *
     * @param file created, or replaced if it is there
     * @param image what to write
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, ChipImage image) throws IOException {
        AtomicFiles.write(file, (toJson(image) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file JSON in UTF-8, at most 256 MiB
     * @return the image, with its ranges checked
     * @throws IOException if the file cannot be read, or is not an image; the message is one sentence that names the file,
     *     what was expected and what was found
     */
    public static ChipImage read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(
                    file + ": expected a chip image of at most " + MOST_BYTES + " bytes, found " + Files.size(file));
        }
        try {
            return parse(Files.readString(file));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    static String toJson(ChipImage image) {
        ObjectNode o = Json.object()
                .put("format", FORMAT)
                .put("formatVersion", FORMAT_VERSION)
                .put("profile", image.profile())
                .put("model", image.model())
                .put("stepSeconds", image.stepSeconds())
                .put("weightBits", image.weightBits());
        o.set("weightStep", Json.number(image.weightStep()));
        o.put("signGroup", image.signGroup());
        o.set("threshold", Json.number(image.threshold()));
        o.put("reset", Json.choice(image.reset()));
        Float floor = image.membraneFloor();
        o.set("membraneFloor", floor == null ? null : Json.number(floor));
        o.set("decays", Json.numbers(image.decays()));
        ArrayNode layers = o.putArray("layers");
        image.layers().forEach(l -> layers.add(write(l)));
        ObjectNode map = o.putObject("map").put("frontEnd", image.map().frontEnd());
        ArrayNode cores = map.putArray("cores");
        image.map().cores().forEach(cores::add);
        ArrayNode placements = map.putArray("placements");
        image.map()
                .placements()
                .forEach(p -> placements
                        .addObject()
                        .put("core", p.core())
                        .put("firstSlot", p.firstSlot())
                        .put("layer", p.layer())
                        .put("firstNeuron", p.firstNeuron())
                        .put("count", p.count()));
        return Json.write(o);
    }

    private static ObjectNode write(ChipImage.Layer layer) {
        ObjectNode o = Json.object()
                .put("name", layer.name())
                .put("synapse", layer.synapse())
                .put("wiring", Json.choice(layer.wiring()))
                .put("inputs", layer.inputs())
                .put("neurons", layer.neurons());
        ArrayNode magnitudes = o.putArray("magnitudes");
        for (int m : layer.magnitudes()) {
            magnitudes.add(m);
        }
        ArrayNode signs = o.putArray("signs");
        for (int row = 0; row < layer.signs().length; row += layer.neurons()) {
            var text = new StringBuilder();
            for (int n = 0; n < layer.neurons(); n++) {
                text.append(layer.signs()[row + n] < 0 ? '-' : '+');
            }
            signs.add(text.toString());
        }
        ArrayNode codes = o.putArray("timeConstantCodes");
        for (int code : layer.timeConstantCodes()) {
            codes.add(code);
        }
        return o;
    }

    /** @throws IllegalArgumentException if the text is not an image */
    static ChipImage parse(String json) {
        JsonFields f = JsonFields.parse(json, "chip image");
        String format = f.text("format");
        int version = f.integer("formatVersion", 0, Integer.MAX_VALUE);
        if (!format.equals(FORMAT) || version != FORMAT_VERSION) {
            throw new IllegalArgumentException("chip image: expected format " + FORMAT + " of version " + FORMAT_VERSION
                    + ", found " + format + " of version " + version);
        }
        var image = new ChipImage(
                f.text("profile"),
                f.text("model"),
                f.real("stepSeconds"),
                f.integer("weightBits", WeightGrid.LEAST_BITS, WeightGrid.MOST_BITS),
                f.real32("weightStep"),
                f.integer("signGroup", 1, Integer.MAX_VALUE),
                f.real32("threshold"),
                f.choice("reset", Reset.class),
                f.optionalReal32("membraneFloor"),
                f.reals32("decays"),
                f.objects("layers").stream().map(ChipImageFiles::readLayer).toList(),
                readMap(f.object("map")));
        f.end();
        return image;
    }

    private static ChipImage.Layer readLayer(JsonFields f) {
        String name = f.text("name");
        var layer = new ChipImage.Layer(
                name,
                f.text("synapse"),
                f.choice("wiring", ChipImage.Wiring.class),
                f.integer("inputs", 1, Integer.MAX_VALUE),
                f.integer("neurons", 1, Integer.MAX_VALUE),
                array(f.integers("magnitudes")),
                signs(name, f.texts("signs")),
                array(f.integers("timeConstantCodes")));
        f.end();
        return layer;
    }

    private static int[] signs(String layer, List<String> rows) {
        var signs = new ArrayList<Integer>();
        for (String row : rows) {
            for (int n = 0; n < row.length(); n++) {
                char c = row.charAt(n);
                if (c != '+' && c != '-') {
                    throw new IllegalArgumentException(
                            "chip image: expected signs of " + layer + " to be + or -, found '" + c + "'");
                }
                signs.add(c == '-' ? -1 : 1);
            }
        }
        return array(signs);
    }

    private static int[] array(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    private static CoreMap readMap(JsonFields f) {
        var map = new CoreMap(
                f.integer("frontEnd", 0, Integer.MAX_VALUE),
                f.integers("cores"),
                f.objects("placements").stream()
                        .map(p -> {
                            var placement = new CoreMap.Placement(
                                    p.integer("core", 0, Integer.MAX_VALUE),
                                    p.integer("firstSlot", 0, Integer.MAX_VALUE),
                                    p.text("layer"),
                                    p.integer("firstNeuron", 0, Integer.MAX_VALUE),
                                    p.integer("count", 1, Integer.MAX_VALUE));
                            p.end();
                            return placement;
                        })
                        .toList());
        f.end();
        return map;
    }
}
