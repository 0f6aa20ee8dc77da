package io.keyspike.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyspike.models.description.StreamQuality;
import io.keyspike.models.description.ThresholdCurve;
import io.keyspike.models.description.ThresholdPoint;
import io.keyspike.trainer.evaluate.NetworkActivity;
import io.keyspike.trainer.evaluate.NetworkActivity.LayerActivity;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Drawings are well-formed, and what they name lies where it belongs. */
class PlotsTest {

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> elements(Document document, String tag, String style) {
        var found = new ArrayList<Element>();
        NodeList all = document.getElementsByTagName(tag);
        for (int i = 0; i < all.getLength(); i++) {
            Element e = (Element) all.item(i);
            if (e.getAttribute("class").startsWith(style)) {
                found.add(e);
            }
        }
        return found;
    }

    private static double number(Element e, String attribute) {
        return Double.parseDouble(e.getAttribute(attribute));
    }

    @Test
    void shouldNameEachRowOfAConfusionMatrixAtItsMiddle() throws Exception {
        List<String> labels = List.of("yes", "no", "R&B");
        Document svg = parse(ConfusionPlot.draw(labels, new int[][] {{8, 1, 0}, {0, 0, 0}, {2, 3, 4}}));
        List<Element> cells = elements(svg, "rect", "cell");
        assertThat(cells).hasSize(9);
        for (Element words : elements(svg, "text", "small")) {
            int row = labels.indexOf(words.getTextContent());
            if (row < 0) {
                continue;
            }
            Element own = cells.get(4 * row);
            if (words.hasAttribute("y")) {
                double middle = number(own, "y") + number(own, "height") / 2;
                assertThat(number(words, "y")).isCloseTo(middle + 4, within(0.1));
            } else {
                double middle = number(own, "x") + number(own, "width") / 2;
                assertThat(words.getAttribute("transform")).startsWith("translate(" + Svg.number(middle + 4) + " ");
            }
        }
        assertThat(elements(svg, "text", "count"))
                .extracting(Element::getTextContent)
                .containsExactly("8", "1", "2", "3", "4");
        assertThat(cells.get(7).getTextContent()).isEqualTo("R&B predicted as no: 3 of 9 (33.3 %)");
    }

    @Test
    void shouldDrawEverySpikeOnce() throws Exception {
        float[] spikes = new float[10 * 4];
        spikes[3] = 1;
        spikes[4 * 9] = 1;
        spikes[4 * 5 + 2] = 1;
        var layer = new LayerActivity("hidden", new double[] {0.1, 0, 0.1, 0.1}, spikes);
        var activity = new NetworkActivity("clip.wav", "yes", "no", 10, 0.01, List.of(layer));
        Document svg = parse(SpikeRaster.draw(activity, List.of("yes", "no")));
        String path = elements(svg, "path", "spike").getFirst().getAttribute("d");
        assertThat(path.chars().filter(c -> c == 'M').count()).isEqualTo(3);
        assertThat(elements(svg, "text", "small"))
                .extracting(Element::getTextContent)
                .contains("hidden, 4 neurons", "0", "50", "100", "time, ms");
    }

    @Test
    void shouldCountEveryNeuronInTheHistogram() throws Exception {
        double[] rates = new double[50];
        for (int n = 0; n < rates.length; n++) {
            rates[n] = n / 100.0;
        }
        Document svg = parse(RateHistogram.draw(new LayerActivity("hidden", rates, new float[0])));
        int counted = elements(svg, "rect", "fill").stream()
                .mapToInt(e -> Integer.parseInt(e.getTextContent().split(" ", 2)[0]))
                .sum();
        assertThat(counted).isEqualTo(50);
    }

    @Test
    void shouldDrawOneEpochAndManyAlike() throws Exception {
        for (int epochs : new int[] {1, 2, 119, 500}) {
            var plot = new LinePlot("loss");
            plot.add("all", new double[epochs]);
            Document svg = parse(plot.draw("Loss", 0, 0));
            assertThat(elements(svg, "path", "line")).hasSize(1);
            assertThat(elements(svg, "circle", "point")).hasSize(epochs <= 120 ? epochs : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,     1,     5, 0.2,  '0.0 0.2 0.4 0.6 0.8 1.0'",
        "0,     0.013, 5, 0.005, '0.000 0.005 0.010 0.015'",
        "61.3,  100,   5, 10,   '60 70 80 90 100'",
        "0,     1300,  8, 200,  '0 200 400 600 800 1000 1200 1400'",
        "0,     1,     4, 0.25, '0.00 0.25 0.50 0.75 1.00'"
    })
    void shouldPutTicksAtRoundNumbers(double low, double high, int ticks, double tick, String words) {
        Axis axis = Axis.around(low, high, ticks);
        assertThat(axis.tick()).isCloseTo(tick, within(1e-12));
        assertThat(String.join(" ", axis.ticks().stream().map(axis::words).toList()))
                .isEqualTo(words);
    }

    @Test
    void shouldWrapALegendThatIsWiderThanItsPlot() throws Exception {
        var plot = new LinePlot("spikes per 100 steps");
        for (int i = 0; i < 12; i++) {
            plot.add("a layer with a long name " + i, new double[] {1, 2, 3});
        }
        Document svg = parse(plot.draw("Firing rates", 0, 0));
        double width = Double.parseDouble(
                svg.getDocumentElement().getAttribute("viewBox").split(" ", -1)[2]);
        List<Element> names = elements(svg, "text", "small").stream()
                .filter(words -> words.getTextContent().startsWith("a layer"))
                .toList();
        assertThat(names).hasSize(12).allSatisfy(words -> {
            assertThat(number(words, "x") + 6.2 * words.getTextContent().length())
                    .isLessThan(width);
        });
        double lowest =
                names.stream().mapToDouble(words -> number(words, "y")).max().orElseThrow();
        assertThat(elements(svg, "line", "grid"))
                .allSatisfy(grid -> assertThat(number(grid, "y1"))
                        .as("the plot begins below the legend")
                        .isGreaterThan(lowest));
    }

    @Test
    void shouldDrawTheTradeOfMissesAgainstFalseAlarms() throws Exception {
        var tea = new ThresholdCurve(
                10,
                List.of(
                        new ThresholdPoint(0.2f, 40, 0),
                        new ThresholdPoint(0.5f, 4, 1),
                        new ThresholdPoint(0.9f, 0, 5)));
        var neverSaid = new ThresholdCurve(0, List.of(new ThresholdPoint(0.5f, 1, 0)));
        var quality = new StreamQuality("4 h of speech", 4, Map.of("tea", tea, "milk", neverSaid));
        Document svg = parse(DetCurves.draw(quality, Map.of("tea", 0.6f, "milk", 0.5f)));
        List<Element> lines = elements(svg, "path", "line");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()
                        .getAttribute("d")
                        .chars()
                        .filter(c -> c == 'L')
                        .count())
                .isEqualTo(2);
        assertThat(elements(svg, "circle", "ring"))
                .extracting(Element::getTextContent)
                .containsExactly("tea at 0.60: 1.0 false alarms an hour, 10.0 % missed");
        assertThat(elements(svg, "text", "small"))
                .extracting(Element::getTextContent)
                .contains("tea (10)", "false alarms an hour", "missed, %", "0.1", "1", "10");
        assertThat(DetCurves.draw(new StreamQuality("4 h", 4, Map.of("milk", neverSaid)), Map.of()))
                .isEmpty();
    }
}
