package io.keyspike.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as real programs, taggers, recorders and broken transfers leave them, and what must be heard of each. */
class CasesTest {
    private static final Path CASES = Path.of("src/test/resources/io/keyspike/audio/cases");
    private static final int GOOD_SAMPLES = 3_000;
    private static final String GOOD_CRC = "90781b65";

    /** Sound that is whole though refusing it would be right, too, and its checksum. */
    private static final Set<String> HEARD_ALL_THE_SAME = Set.of("bits32.flac", "alaw.wav");

    /** Recordings that end in the middle of something. */
    private static final Set<String> CUT_OFF = Set.of(
            "size-too-large.wav",
            "size-too-large-odd.wav",
            "size-odd.wav",
            "size-odd-plus1.wav",
            "size-to-end-odd.wav",
            "size-stereo24-partial.wav");

    private static final Pattern EXPECTED =
            Pattern.compile("\"([^\"]+)\": \\{\\s*\"samples\": (null|\\d+),\\s*\"crc\": (?:null|\"([0-9a-f]{8})\"),");

    static Stream<Arguments> expected() throws IOException {
        var cases = new ArrayList<Arguments>();
        for (String kind : List.of("wav", "flac")) {
            String json = Files.readString(CASES.resolve(kind).resolve("expected.json"));
            Matcher matcher = EXPECTED.matcher(json);
            while (matcher.find()) {
                long samples = matcher.group(2).equals("null") ? -1 : Long.parseLong(matcher.group(2));
                cases.add(Arguments.of(CASES.resolve(kind).resolve(matcher.group(1)), samples, matcher.group(3)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("expected")
    void shouldHearWhatIsThere(Path file, long samples, String crc) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".oga")) {
            assertThatThrownBy(() -> AudioFiles.open(file))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            file + ": expected a WAV, AIFF, AU or FLAC file, found an Ogg FLAC file; convert it with:"
                                    + " ffmpeg -i " + file + " -ar 16000 out.wav");
        } else if (samples < 0 && !HEARD_ALL_THE_SAME.contains(name)) {
            assertThatThrownBy(() -> Heard.of(AudioFiles.open(file)))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(CutOffException.class)
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageContainingAll("expected ", ", found ");
        } else {
            Heard heard = Heard.of(AudioFiles.open(file));
            if (samples >= 0) {
                assertThat(heard.samples()).isEqualTo(samples);
                assertThat(heard.crc32()).isEqualTo(crc);
            } else {
                assertThat(heard.samples()).isEqualTo(name.endsWith(".flac") ? GOOD_SAMPLES : 400);
            }
            assertThat(heard.cutOff()).isEqualTo(CUT_OFF.contains(name));
        }
    }

    @Test
    void shouldKnowEveryCase() throws IOException {
        var known = new TreeSet<Path>();
        expected().forEach(c -> known.add((Path) c.get()[0]));
        try (Stream<Path> files = Files.walk(CASES)) {
            files.filter(f -> Files.isRegularFile(f) && !f.endsWith("expected.json"))
                    .forEach(f -> assertThat(known.contains(f) || OTHERS.contains(String.valueOf(f.getFileName())))
                            .as("%s is tested", f)
                            .isTrue());
        }
    }

    private static final Set<String> OTHERS =
            Set.of("good-plus-ff.flac", "metadata-type-damaged.flac", "piped-flipped-bit.flac");

    private static byte[] flac(String name) throws IOException {
        return Files.readAllBytes(CASES.resolve("flac").resolve(name));
    }

    private static byte[] together(byte[]... parts) {
        int length = Stream.of(parts).mapToInt(p -> p.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static void assertGood(byte[] bytes) throws IOException {
        Heard heard = Heard.of(bytes, "x.flac");
        assertThat(heard.samples()).isEqualTo(GOOD_SAMPLES);
        assertThat(heard.crc32()).isEqualTo(GOOD_CRC);
        assertThat(heard.cutOff()).isFalse();
    }

    private static void assertDamaged(byte[] bytes) {
        assertThatThrownBy(() -> Heard.of(bytes, "x.flac"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("x.flac: damaged FLAC file (expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full.flac", "piped.flac"})
    void shouldEndWhereTheStreamEndsWhateverFollows(String name) throws IOException {
        byte[] good = flac(name);
        assertGood(flac("good-plus-ff.flac"));
        assertGood(flac("metadata-type-damaged.flac"));
        assertGood(together(good, good));
        assertGood(together(good, flac("rate-96k.flac")));
        assertGood(together(good, new byte[] {(byte) 0xff}));
        assertGood(together(good, "\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertGood(together(good, new byte[100_000]));
        assertGood(together(good, "TAG".getBytes(StandardCharsets.US_ASCII), new byte[125]));
        assertGood(together("ID3\4\0\0\0\0\0\0ID3\3\0\0\0\0\0\3abc".getBytes(StandardCharsets.US_ASCII), good));
        for (int seed = 0; seed < 40; seed++) {
            byte[] rubbish = new byte[10 + 100 * seed];
            new Random(seed).nextBytes(rubbish);
            assertGood(together(good, rubbish));
        }
    }

    @Test
    void shouldTakeTheStartOfAnotherFrameForRubbishWhereTheTotalIsKnown() throws IOException {
        assertGood(together(flac("full.flac"), new byte[] {(byte) 0xff, (byte) 0xf8}));
        assertDamaged(together(flac("piped.flac"), new byte[] {(byte) 0xff, (byte) 0xf8, 0x65, 8, 6, 0, 0, 0}));
    }

    @Test
    void shouldSayWhatIsOddAboutAWholeStream() throws IOException {
        assertThat(Heard.of(flac("full.flac"), "x").warnings()).isEmpty();
        assertThat(Heard.of(flac("piped.flac"), "x").warnings()).isEmpty();
        assertThat(Heard.of(flac("id3v1-at-end.flac"), "x").warnings())
                .containsExactly("ignored what follows the last frame (an ID3v1 tag)");
        assertThat(Heard.of(flac("total-one-less.flac"), "x").warnings())
                .containsExactly("the header says 2999 samples, found 3000");
    }

    @Test
    void shouldRefuseEveryFlippedBitOfAFrameThoughNoMd5IsKnown() throws IOException {
        byte[] good = flac("piped.flac");
        assertDamaged(flac("piped-flipped-bit.flac"));
        int frames = 0;
        while (good[frames] != (byte) 0xff || good[frames + 1] != (byte) 0xf8) {
            frames++;
        }
        for (int bit = 8 * frames; bit < 8 * good.length; bit += 3) {
            byte[] bytes = good.clone();
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
            assertDamaged(bytes);
        }
    }

    @Test
    void shouldRefuseDamagedMetadataInWords() throws IOException {
        byte[] bytes = flac("full.flac");
        bytes[43] = (byte) 0x80; // the length of the second block
        assertThatThrownBy(() -> Heard.of(bytes, "x.flac"))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        "x\\.flac: damaged FLAC file \\(expected \\d+ bytes in a metadata block of type \\d,"
                                + " found \\d+ up to the end\\)");
        assertDamaged(Arrays.copyOf(bytes, 44));
    }

    @Test
    void shouldSurviveEveryDamageOfOneToThreeBits() throws IOException {
        var random = new Random(7);
        for (String name : List.of("full.flac", "piped.flac", "stereo.flac", "bits32.flac", "wasted.flac")) {
            byte[] good = flac(name);
            for (int n = 0; n < 400; n++) {
                byte[] bytes = Arrays.copyOf(good, random.nextBoolean() ? good.length : random.nextInt(good.length));
                for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                try {
                    assertThat(Heard.of(bytes, "x.flac").samples()).isLessThanOrEqualTo(65_536);
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith("x.flac: ").hasMessageContaining("expected ");
                }
            }
        }
    }
}
