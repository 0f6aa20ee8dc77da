package io.keyspike.app.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyspike.app.cli.shared.CommandException;
import io.keyspike.app.cli.shared.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A spoken sentence of the demo, as {@code demo/make-sentences.sh} lists it.
 *
 * @param file its audio
 * @param device the device that sends it
 * @param model name of the model that processes it
 * @param expected the words in it that the model knows, in order
 */
public record DemoSentence(Path file, String device, String model, List<String> expected) {

    /** The list, in the same folder as the audio. */
    static final String LIST = "sentences.json";

    public DemoSentence {
        expected = List.copyOf(expected);
    }

    /**
     * Reads the list of a folder.
     *
     * @throws CommandException if the list or a file of it is missing or is not what it should be
     */
    public static List<DemoSentence> readAll(Path folder) throws IOException {
        Path list = folder.resolve(LIST);
        if (!Files.isRegularFile(list)) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    "no " + LIST + " in " + folder.toAbsolutePath()
                            + "; run 'keyspike' from its own folder, or pass --sentences");
        }
        var sentences = new ArrayList<DemoSentence>();
        try {
            for (JsonNode entry : new ObjectMapper().readTree(list.toFile())) {
                var expected = new ArrayList<String>();
                entry.required("expected").forEach(word -> expected.add(word.asText()));
                sentences.add(new DemoSentence(
                        folder.resolve(entry.required("file").asText()),
                        entry.required("device").asText(),
                        entry.required("model").asText(),
                        expected));
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CommandException(
                    ExitCode.ENVIRONMENT,
                    list + ": expected sentences with file, device, model and expected words, found "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("nothing"),
                    e);
        }
        if (sentences.isEmpty()) {
            throw new CommandException(ExitCode.ENVIRONMENT, list + ": expected sentences, found none");
        }
        for (DemoSentence sentence : sentences) {
            if (!Files.isRegularFile(sentence.file())) {
                throw new CommandException(
                        ExitCode.ENVIRONMENT, "no " + sentence.file() + "; demo/make-sentences.sh generates it");
            }
        }
        return sentences;
    }
}
