package io.keyspike.app.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The live page in a real browser. */
@Tag("slow")
class LivePageBrowserTest {

    private static Browser browser;

    @TempDir
    private Path folder;

    private PlayedService service;

    @BeforeAll
    static void open() {
        String missing = Browser.missing();
        Assumptions.assumeTrue(missing == null, String.valueOf(missing));
        browser = Browser.open(1440, 1000, false);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        service = new PlayedService(folder, 0, true);
        browser.driver.get(service.http.uri("/").toString());
        browser.await("a live page", () -> browser.text("status").equals("Live"));
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
    }

    @Test
    void shouldLoadWithoutAComplaintAndMoveWhileSoundPlays() throws Exception {
        browser.await("a word", () -> !browser.text("now-word").isEmpty());
        String before = pixels("spikes");
        browser.await("spikes that move", () -> !pixels("spikes").equals(before));
        String features = pixels("features");
        String wave = pixels("wave");
        browser.await("channels that move", () -> !pixels("features").equals(features));
        browser.await("a waveform that moves", () -> !pixels("wave").equals(wave));
        browser.await("a level", () -> browser.text("level-text").matches("-\\d+ dBFS"));
        browser.await("power", () -> browser.text("power-now").matches("[0-9.]+ .W"));

        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.text("spikes-note")).isEqualTo("576 neurons");
    }

    /**
     * In the page's own time, from the event's arrival in the service to the word on the screen: three of at most ten words,
     * since a machine with other work may hold a browser up; what the page itself puts off, it puts off for each word.
     */
    @Test
    void shouldShowAKeywordWithinHalfASecond() throws Exception {
        List<Long> delays = new ArrayList<>();
        while (delays.stream().filter(millis -> millis < 500).count() < 3) {
            assertThat(delays).as("milliseconds").hasSizeLessThan(10);
            delays.add(millisToThePage());
        }
    }

    private long millisToThePage() throws Exception {
        browser.script("""
            window.shownAt = 0;
            new MutationObserver(() => { window.shownAt = Date.now(); })
                .observe(document.getElementById("now-word"), {childList: true});
            return true;\
            """);
        long before = service.keywords.get();
        browser.await("another word", () -> service.keywords.get() > before);
        long heardAt = System.currentTimeMillis()
                - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - service.lastKeywordNanos.get());
        // Not the word before it; a millisecond for the rounding of two clocks.
        browser.await("it on the page", () -> (Long) browser.script("return window.shownAt") >= heardAt - 1);
        return (Long) browser.script("return window.shownAt") - heardAt;
    }

    @Test
    void shouldSwitchTheModel() throws Exception {
        browser.await(
                "models",
                () -> browser.find("model").findElements(By.tagName("option")).size() == 2);
        browser.find("model")
                .findElement(By.cssSelector("option[value=yes-no]"))
                .click();
        browser.await(
                "the other model in the service", () -> service.modelInUse().startsWith("yes-no@"));
        browser.await(
                "its neurons on the page", () -> browser.text("spikes-note").equals("79 neurons"));
        browser.await(
                "its words",
                () -> !browser.driver
                                .findElements(By.cssSelector("[data-word=no]"))
                                .isEmpty()
                        && browser.driver
                                .findElements(By.cssSelector("[data-word=stop]"))
                                .isEmpty());
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void shouldMoveAThresholdAtOnceAndSaveItAsANewVersion() throws Exception {
        browser.await(
                "sliders",
                () -> !browser.driver
                        .findElements(By.cssSelector("[data-word=stop]"))
                        .isEmpty());
        String before = service.modelInUse();
        browser.driver.findElement(By.cssSelector("[data-word=stop]")).sendKeys(Keys.END);
        browser.await(
                "the threshold in effect",
                () -> Float.valueOf(1)
                        .equals(service.spotters
                                .current()
                                .model()
                                .decision()
                                .thresholds()
                                .get("stop")));
        assertThat(service.modelInUse()).as("not saved yet").isEqualTo(before);

        browser.await("something to save", () -> browser.find("save").isEnabled());
        browser.find("save").click();
        browser.await("a new version", () -> service.modelInUse().startsWith("commands-12-v2@"));
        assertThat(service.spotters.unadjusted().model().decision().thresholds())
                .containsEntry("stop", 1f);
        browser.await(
                "it in the choice",
                () -> "commands-12-v2".equals(browser.find("model").getDomProperty("value")));
    }

    @Test
    void shouldGoOnWhenTheServiceIsStartedAgain() throws Exception {
        int port = service.http.port();
        service.close();
        browser.await("that it notices", () -> browser.text("status").startsWith("Connection lost"));
        service = new PlayedService(folder, port, true);
        browser.await("that it is back", () -> browser.text("status").equals("Live"));
        String before = pixels("spikes");
        browser.await("spikes that move", () -> !pixels("spikes").equals(before));
    }

    @Test
    void shouldShowWhatADeviceIsCalledAsTextAndFindItAmongMany() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            assertThat(service.streams.frame("sensor-" + i, service.spotters.current(), new short[320]))
                    .as("nobody watches it")
                    .isNull();
        }
        browser.await(
                "the device",
                () -> PlayedService.DEVICE.equals(browser.find("device").getDomProperty("value")));
        assertThat(browser.driver.findElements(By.cssSelector("#events b b, #devices b")))
                .isEmpty();
        browser.find("device").sendKeys(Keys.chord(Keys.CONTROL, "a"), "sensor-1999");
        browser.await(
                "one device",
                () -> browser.driver
                                .findElements(By.cssSelector("#devices [data-name=sensor-1999]"))
                                .size()
                        == 1);
        browser.find("device").sendKeys(Keys.ENTER);
        browser.await("it watched", () -> browser.driver.getCurrentUrl().endsWith("#sensor-1999"));
        browser.await("it watched by the service", () -> service.streams.feed().tap("sensor-1999") != null);
    }

    @Test
    void shouldKeepAMarkedDetectionAndARecordedWord() throws Exception {
        browser.await("a word", () -> !browser.text("now-word").isEmpty());
        browser.driver
                .findElement(By.cssSelector("#events button[aria-label$='as right']"))
                .click();
        browser.await("the mark", () -> Files.exists(folder.resolve("sound/marks.jsonl")));

        browser.find("studio").findElement(By.tagName("summary")).click();
        browser.find("word").sendKeys("computer");
        browser.find("record-form").submit();
        browser.await("a judgement", () -> browser.text("record-note").contains("Speech -"));
        browser.find("keep").click();
        browser.await("the sample", () -> browser.text("samples").equals("computer: 1 sample"));
        assertThat(folder.resolve("sound/words/computer")).isDirectoryContaining("glob:**.wav");
    }

    private static String pixels(String canvas) {
        return (String) browser.script("return document.getElementById(arguments[0]).toDataURL()", canvas);
    }

    /** Also writes the pictures of the documentation, if the system property {@code keyspike.pictures} names a folder. */
    @ParameterizedTest
    @CsvSource({
        "live-page-light, 1440, 1160, false",
        "live-page-dark, 1440, 1160, true",
        "live-page-phone, 390, 844, true"
    })
    void shouldHaveNoSeriousFaultForThoseWhoSeeOrHearLess(String name, int width, int height, boolean dark)
            throws Exception {
        try (var kitchen = new PlayedService(folder.resolve("other"), 0, true, "kitchen");
                Browser other = Browser.open(width, height, dark)) {
            other.driver.get(kitchen.http.uri("/").toString());
            other.await("a word", () -> !other.text("now-word").isEmpty());
            TimeUnit.SECONDS.sleep(8);
            String pictures = System.getProperty("keyspike.pictures");
            if (pictures != null) {
                other.screenshot(Path.of(pictures).resolve(name + ".png"));
            }
            assertThat(other.accessibilityFaults()).isEmpty();
            assertThat((Long) other.script("return document.documentElement.scrollWidth - innerWidth"))
                    .as("nothing sticks out sideways")
                    .isLessThanOrEqualTo(0);
        }
    }
}
