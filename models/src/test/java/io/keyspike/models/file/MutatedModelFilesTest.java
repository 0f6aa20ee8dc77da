package io.keyspike.models.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyspike.models.KeywordModel;
import io.keyspike.models.TestModels;
import io.keyspike.models.registry.ModelRegistry;
import io.keyspike.models.spotter.KeywordSpotter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand broken files: each refused in one sentence or read as the very same model, and the running model stays. */
class MutatedModelFilesTest {

    private static final int FILES = 1_000;

    private final KeywordModel model = TestModels.hardwareModel("yes-no", 1, 0.7f);
    private final byte[] valid = ModelFiles.bytes(model);

    @TempDir
    Path folder;

    enum Mutation {
        TRUNCATED,
        EXTENDED,
        BIT_FLIPPED,
        HEADER_LENGTH,
        HEADER_BYTES,
        NOT_A_NUMBER,
        WRONG_SHAPE,
        HEADER_TEXT,
        RANDOM,
        SPLICED;

        private static final String[] WORDS = {
            "\"",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "1e999",
            "-1",
            "9223372036854775808",
            "\\ud800",
            "F32",
            "F64",
            "shape",
            "__metadata__",
            "kind",
            "width",
            "64",
            "65536",
            "13",
            "0.008",
            "NaN",
            "\\u0000",
            "true",
            "lif"
        };

        byte[] of(byte[] valid, Random r) {
            int header =
                    (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong();
            byte[] b = valid.clone();
            switch (this) {
                case TRUNCATED -> b = Arrays.copyOf(valid, r.nextInt(valid.length));
                case EXTENDED -> b = Arrays.copyOf(valid, valid.length + 1 + r.nextInt(100));
                case BIT_FLIPPED -> b[r.nextInt(b.length)] ^= (byte) (1 << r.nextInt(8));
                case HEADER_LENGTH ->
                    ByteBuffer.wrap(b)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(r.nextBoolean() ? r.nextLong() : r.nextInt(2 * header));
                case HEADER_BYTES -> {
                    for (int i = r.nextInt(4); i >= 0; i--) {
                        b[8 + r.nextInt(header)] = (byte) r.nextInt(256);
                    }
                }
                case NOT_A_NUMBER -> {
                    int at = 8 + header + 4 * r.nextInt((b.length - 8 - header) / 4);
                    ByteBuffer.wrap(b)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putFloat(at, r.nextBoolean() ? Float.NaN : 1 / 0f);
                    b = ModelFilesTest.resummed(b); // so that it is not the checksum that notices
                }
                case WRONG_SHAPE, HEADER_TEXT -> b = replaced(b, header, r);
                case RANDOM -> {
                    b = new byte[r.nextInt(2_000)];
                    r.nextBytes(b);
                }
                case SPLICED -> {
                    int length = 1 + r.nextInt(b.length / 2);
                    System.arraycopy(valid, r.nextInt(b.length - length), b, r.nextInt(b.length - length), length);
                }
            }
            return b;
        }

        /** Puts another word in place of a number of the header (a shape, an offset, a setting), or anywhere. */
        private byte[] replaced(byte[] valid, int header, Random r) {
            var text = new StringBuilder(new String(valid, 8, header, StandardCharsets.ISO_8859_1));
            int from = r.nextInt(header);
            if (this == WRONG_SHAPE) {
                while (!Character.isDigit(text.charAt(from))) {
                    from = r.nextInt(header);
                }
            }
            text.replace(from, Math.min(header, from + 1 + r.nextInt(2)), WORDS[r.nextInt(WORDS.length)]);
            byte[] json = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            return ByteBuffer.allocate(8 + json.length + valid.length - 8 - header)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .put(json)
                    .put(valid, 8 + header, valid.length - 8 - header)
                    .array();
        }
    }

    @Test
    void shouldRefuseEachInOneSentenceOrReadTheSameModel() {
        var r = new Random(20_261_121);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            Mutation mutation = Mutation.values()[i % Mutation.values().length];
            byte[] mutated = mutation.of(valid, r);
            String sentence = refusal(mutated, "file-" + i);
            if (sentence != null) {
                refused++;
                assertThat(sentence)
                        .as(mutation.name())
                        .startsWith("file-" + i + ": ")
                        .hasLineCount(1);
                assertThat(sentence).contains("expected ").contains("found ");
                assertThat(sentence).as("no surprise").doesNotContain("content that fails");
            }
        }
        assertThat(refused).isGreaterThan(FILES * 9 / 10);
    }

    /** Null where the file was read; then it must have been the same model. */
    private @Nullable String refusal(byte[] mutated, String origin) {
        try {
            assertThat(ModelFiles.parse(mutated, origin)).isEqualTo(model);
            return null;
        } catch (ModelFileException e) {
            return e.getMessage();
        }
    }

    @Test
    void shouldKeepTheRunningModelThroughout() throws Exception {
        Path file = folder.resolve("yes-no.safetensors");
        Files.write(file, valid);
        var events = new ConcurrentLinkedQueue<ModelRegistry.Event>();
        var r = new Random(7);
        try (var registry = ModelRegistry.open(folder, TestModels.kernels(), true, events::add)) {
            registry.use("yes-no");
            KeywordSpotter running = registry.current();
            events.clear();
            for (int i = 0; i < FILES; i++) {
                Files.write(
                        file, Mutation.values()[i % Mutation.values().length].of(valid, r)); // not atomic, on purpose
                assertThat(registry.current()).isSameAs(running);
                assertThat(refusedByUse(registry) || registry.current() == running)
                        .isTrue();
            }
            // The last one stays long enough for the watch to refuse it; then a good one comes.
            Files.write(file, new byte[10]);
            awaitRefusal(events);
            assertThat(registry.current()).isSameAs(running);
            assertThat(events).noneMatch(e -> e instanceof ModelRegistry.Event.Swapped);
            KeywordModel next = TestModels.hardwareModel("yes-no", 2, 0.7f);
            ModelFiles.write(file, next);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!registry.current().model().equals(next) && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
            assertThat(registry.current().model()).isEqualTo(next);
        }
    }

    private static boolean refusedByUse(ModelRegistry registry) throws IOException {
        try {
            registry.use("yes-no");
            return false;
        } catch (ModelFileException e) {
            return true;
        }
    }

    private static void awaitRefusal(ConcurrentLinkedQueue<ModelRegistry.Event> events) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (events.stream().noneMatch(e -> e instanceof ModelRegistry.Event.Refused)
                && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(events).anyMatch(e -> e instanceof ModelRegistry.Event.Refused);
    }
}
