package io.keyspike.trainer.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From folders to outputs. */
public final class LabelMap {
    /** The label of all words that are not labels themselves. */
    public static final String UNKNOWN = "unknown";

    /** The label of noise and silence. */
    public static final String SILENCE = "silence";

    /** The folder of noise and silence. */
    public static final String SILENCE_FOLDER = "_silence_";

    private final List<String> labels;
    private final Map<String, Integer> outputs = new HashMap<>();
    private final int unknown;

    public LabelMap(List<String> labels) {
        this.labels = List.copyOf(labels);
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            outputs.put(label.equals(SILENCE) ? SILENCE_FOLDER : label, i);
        }
        outputs.remove(UNKNOWN);
        unknown = labels.indexOf(UNKNOWN);
    }

    /** Whether a label stands for a word of its own, and not for all other sounds. */
    public static boolean isKeyword(String label) {
        return !label.equals(UNKNOWN) && !label.equals(SILENCE);
    }

    public List<String> labels() {
        return labels;
    }

    /** The output that stands for a folder, or -1 if none does. */
    public int outputOf(String folder) {
        Integer output = outputs.get(folder);
        if (output != null) {
            return output;
        }
        return folder.equals(SILENCE_FOLDER) ? -1 : unknown;
    }
}
