package io.keyspike.trainer.config;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * The one place that sets bounds to YAML: to its text before a parser sees it, since reading a long string takes the square of
 * its length, and to what parsers take.
 */
public final class YamlText {

    /** Hundreds of times as long as the longest configuration. */
    public static final int MOST_CHARACTERS = 1_000_000;

    /** Several times as deep as the deepest configuration. */
    private static final int DEEPEST = 32;

    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_NUMBER = 64;

    private YamlText() {}

    /**
     * A parser and writer of YAML that refuses keys given twice, nesting more than 32 deep, names of more than 256 characters,
     * numbers of more than 64 and texts of more than {@link #MOST_CHARACTERS}.
     *
     * @return for further settings
     */
    public static YAMLMapper.Builder mapper() {
        var options = new LoaderOptions();
        options.setCodePointLimit(MOST_CHARACTERS);
        options.setNestingDepthLimit(DEEPEST);
        options.setAllowDuplicateKeys(false);
        var constraints = StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxNameLength(LONGEST_NAME)
                .maxNumberLength(LONGEST_NUMBER)
                .maxStringLength(MOST_CHARACTERS)
                .build();
        return YAMLMapper.builder(YAMLFactory.builder()
                        .loaderOptions(options)
                        .streamReadConstraints(constraints)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
    }

    /**
     * Reads a file as UTF-8.
     *
     * @param what the file is, for the message
     * @throws ConfigException if it is too long
     * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
     * @throws IOException if it cannot be read
     */
    public static String read(Path file, String what) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(4 * MOST_CHARACTERS + 4);
            String text = bytes.length > 4 * MOST_CHARACTERS
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
            check(text, what);
            return text;
        }
    }

    /**
     * @param what the text is, for the message
     * @throws ConfigException if it is too long
     */
    public static void check(String text, String what) {
        if (text.length() > MOST_CHARACTERS) {
            throw new ConfigException(what + ": expected at most " + MOST_CHARACTERS + " characters, found more");
        }
    }
}
