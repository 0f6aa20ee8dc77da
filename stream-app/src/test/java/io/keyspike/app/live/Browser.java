package io.keyspike.app.live;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window. */
final class Browser implements AutoCloseable {

    private static final List<Path> DRIVERS =
            List.of(Path.of("/usr/bin/chromedriver"), Path.of("/usr/lib/chromium/chromedriver"));
    private static final List<Path> BROWSERS =
            List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"));

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Why there can be no browser here; null if there can be one. */
    static @Nullable String missing() {
        if (first(DRIVERS) == null || first(BROWSERS) == null) {
            return "skipped: chromium and chromium-driver are not installed";
        }
        return null;
    }

    private static @Nullable Path first(List<Path> paths) {
        return paths.stream().filter(Files::isExecutable).findFirst().orElse(null);
    }

    static Browser open(int width, int height, boolean dark) {
        var options = new ChromeOptions();
        options.setBinary(Objects.requireNonNull(first(BROWSERS)).toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--window-size=" + width + "," + height);
        var logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Objects.requireNonNull(first(DRIVERS)).toFile())
                .build();
        var driver = new ChromeDriver(service, options);
        driver.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(PATIENCE);
        driver.manage().window().setSize(new Dimension(width, height));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        // Windows cannot be narrower than some 500 pixels; phones are.
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        return new Browser(driver);
    }

    WebElement find(String id) {
        return driver.findElement(By.id(id));
    }

    String text(String id) {
        return find(id).getText();
    }

    Object script(String script, Object... arguments) {
        return Objects.requireNonNull(driver.executeScript(script, arguments));
    }

    /** Clicks on what may be replaced, or covered, at that very moment. */
    void click(By element) throws InterruptedException {
        act("a click on " + element, () -> driver.findElement(element).click());
    }

    /** Types into what may be replaced at that very moment. */
    void type(By element, CharSequence... keys) throws InterruptedException {
        act("keys for " + element, () -> driver.findElement(element).sendKeys(keys));
    }

    private void act(String what, Runnable action) throws InterruptedException {
        await(what, () -> {
            try {
                action.run();
                return true;
            } catch (ElementNotInteractableException e) {
                return false;
            }
        });
    }

    /** Waits for something that must come; the limit only ends a test that would never end. */
    void await(String what, BooleanSupplier seen) throws InterruptedException {
        long limit = System.nanoTime() + PATIENCE.toNanos();
        while (!seenOnWholePage(seen)) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("expected " + what + " within " + PATIENCE.toSeconds() + " s; the page says: "
                        + driver.findElement(By.tagName("body")).getText());
            }
            Thread.sleep(20);
        }
    }

    /** A page that is just being replaced shows nothing yet: its elements vanish between being found and being read. */
    private static boolean seenOnWholePage(BooleanSupplier seen) {
        try {
            return seen.getAsBoolean();
        } catch (StaleElementReferenceException | NoSuchElementException e) {
            return false;
        }
    }

    /** What the console complained of. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Faults that axe-core calls serious or critical, a line each. */
    List<?> accessibilityFaults() throws IOException {
        try (InputStream in = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
            driver.executeScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (List<?>) Objects.requireNonNull(driver.executeAsyncScript("""
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ["violations"]}).then(result => done(result.violations
                .filter(v => ["serious", "critical"].includes(v.impact))
                .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join("; ")}`)),
                e => done([String(e)]));
            """));
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
