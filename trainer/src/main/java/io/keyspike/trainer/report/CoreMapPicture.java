package io.keyspike.trainer.report;

import io.keyspike.models.chip.CoreMap;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A chip as a picture: a square for each neuron, core by core, coloured by layer; neurons without use are grey. */
public final class CoreMapPicture {

    private static final int CELL = 20;
    private static final int COLUMNS = 16;
    private static final int GAP = 24;
    private static final int TITLE = 56;
    private static final int LEGEND = 28;
    private static final Color UNUSED = new Color(0xE4E4E4);

    /** Told apart by people who see colours otherwise, too (Okabe and Ito 2008). */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xE69F00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x56B4E9),
            new Color(0xD55E00),
            new Color(0xF0E442));

    private final CoreMap map;
    private final List<String> layers = new ArrayList<>();

    private CoreMapPicture(CoreMap map) {
        this.map = map;
        map.placements().forEach(p -> {
            if (!layers.contains(p.layer())) {
                layers.add(p.layer());
            }
        });
    }

    /** Writes a PNG. */
    public static void write(Path file, String chip, CoreMap map) throws IOException {
        Pictures.save(file, new CoreMapPicture(map).draw(chip));
    }

    private BufferedImage draw(String chip) {
        int width = 2 * GAP + COLUMNS * CELL;
        int height = TITLE + LEGEND + blockHeight(map.frontEnd());
        for (int neurons : map.cores()) {
            height += blockHeight(neurons);
        }
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        g.setColor(Color.BLACK);
        g.setFont(g.getFont().deriveFont(Font.BOLD, 16f));
        g.drawString(chip, GAP, 28);
        g.setFont(g.getFont().deriveFont(Font.PLAIN, 12f));
        legend(g);
        int top = TITLE + LEGEND;
        if (map.frontEnd() > 0) {
            block(g, top, "front end: filter n to neuron n", map.frontEnd(), slot -> Color.DARK_GRAY);
            top += blockHeight(map.frontEnd());
        }
        for (int core = 0; core < map.cores().size(); core++) {
            int neurons = map.cores().get(core);
            int own = core;
            block(
                    g,
                    top,
                    "core " + core + ": " + map.used(core) + " of " + neurons + " neurons",
                    neurons,
                    slot -> colour(own, slot));
            top += blockHeight(neurons);
        }
        g.dispose();
        return image;
    }

    private static int blockHeight(int neurons) {
        return neurons == 0 ? 0 : GAP + (neurons + COLUMNS - 1) / COLUMNS * CELL + GAP / 2;
    }

    private void legend(Graphics2D g) {
        int x = GAP;
        for (int l = 0; l < layers.size(); l++) {
            g.setColor(COLOURS.get(l % COLOURS.size()));
            g.fillRect(x, TITLE - 12, 12, 12);
            g.setColor(Color.BLACK);
            g.drawString(layers.get(l), x + 18, TITLE - 2);
            x += 36 + g.getFontMetrics().stringWidth(layers.get(l));
        }
    }

    private interface Paint {
        Color of(int slot);
    }

    private static void block(Graphics2D g, int top, String title, int neurons, Paint paint) {
        g.setColor(Color.BLACK);
        g.drawString(title, GAP, top + GAP - 8);
        for (int slot = 0; slot < neurons; slot++) {
            int x = GAP + slot % COLUMNS * CELL;
            int y = top + GAP + slot / COLUMNS * CELL;
            g.setColor(paint.of(slot));
            g.fillRect(x, y, CELL - 2, CELL - 2);
        }
    }

    private Color colour(int core, int slot) {
        for (CoreMap.Placement p : map.placements()) {
            if (p.core() == core && slot >= p.firstSlot() && slot < p.firstSlot() + p.count()) {
                return COLOURS.get(layers.indexOf(p.layer()) % COLOURS.size());
            }
        }
        return UNUSED;
    }
}
