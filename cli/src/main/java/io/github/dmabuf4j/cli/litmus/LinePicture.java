package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.machine.MachineEvent;
import io.github.dmabuf4j.machine.MachineEvent.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Draws what happens to one line of memory as SVG: lanes for the CPU, the cache, memory and the device, time from left
 * to right, once with the mistake and once with the cure.
 */
final class LinePicture {
    private static final int LEFT = 110;
    private static final int COLUMN = 138;
    private static final int MOST_COLUMNS = 8;
    private static final int LANE = 62;
    private static final int BAND = 26;
    private static final int CAPTION = 104;
    private static final int PANEL = 44 + 4 * LANE + CAPTION;
    private static final int HEAD = 74;

    private static final String ZERO = "#8a96a5";
    private static final String RIGHT = "#3f9b6b";
    private static final String OTHER = "#d2603a";

    private final StringBuilder svg = new StringBuilder();
    private final int right;
    private final String rightName;
    private final String otherName;
    private final String device;
    private int width;

    /**
     * The picture of one experiment, to be put into a document.
     *
     * @param width how wide it is
     * @param height how high it is
     * @param elements what it is made of
     */
    record Drawing(int width, int height, String elements) {}

    private LinePicture(Experiment experiment, int right, String device) {
        this.right = right;
        this.rightName = right == 0 ? "zeros" : "the frame";
        this.otherName = experiment.name().equals("old-data") ? "a secret" : "old data";
        this.device = device;
    }

    /**
     * Draws one experiment.
     *
     * @param experiment which
     * @param heap on which heap
     * @param seed with which seed
     * @return the picture, or null if this seed does not show the mistake
     */
    static @Nullable Drawing of(Experiment experiment, TriedHeap heap, long seed) {
        long wrong;
        int right;
        int looks;
        try (Scene scene = new Scene(experiment, heap, seed, false, false)) {
            wrong = Litmus.run(scene);
            right = scene.rightByte();
            looks = scene.looks();
        }
        if (wrong == Experiment.RIGHT) {
            return null;
        }
        List<Moment> bad = record(experiment, heap, seed, wrong, looks, false);
        List<Moment> good = record(experiment, heap, seed, wrong, looks, true);
        String device = bad.stream()
                .map(Moment::event)
                .filter(event -> event.action() == Action.DMA_READ || event.action() == Action.DMA_WRITE)
                .map(MachineEvent::actor)
                .findFirst()
                .orElse("");
        return new LinePicture(experiment, right, device).draw(experiment, heap, seed, shorten(bad), shorten(good));
    }

    /** A document of pictures, one below the other. */
    static String document(List<Drawing> drawings) {
        int width = drawings.stream().mapToInt(Drawing::width).max().orElse(0);
        int height = drawings.stream().mapToInt(Drawing::height).sum();
        StringBuilder document = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
                <rect width="%d" height="%d" fill="#ffffff"/>
                <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
                <path d="M0 0 L8 4 L0 8 z" fill="#222222"/></marker></defs>
                """.formatted(width, height, width, height));
        int top = 0;
        for (Drawing each : drawings) {
            document.append("<g transform=\"translate(0 %d)\">\n".formatted(top))
                    .append(each.elements())
                    .append("</g>\n");
            top += each.height();
        }
        return document.append("</svg>\n").toString();
    }

    private static List<Moment> record(
            Experiment experiment, TriedHeap heap, long seed, long address, int looks, boolean cured) {
        try (Scene scene = new Scene(experiment, heap, seed, false, cured)) {
            return Moment.record(scene, address, looks);
        }
    }

    /** What whoever acts gets to see. */
    private static int seen(Moment moment) {
        return moment.event().action() == Action.LOAD ? moment.cached() : moment.memory();
    }

    /** Leaves out what changes nothing, and what is too long ago. */
    private static List<Moment> shorten(List<Moment> all) {
        List<Moment> kept = new ArrayList<>();
        for (Moment moment : all) {
            Action action = moment.event().action();
            boolean again = !kept.isEmpty()
                    && kept.getLast().event().action() == action
                    && kept.getLast().cached() == moment.cached()
                    && kept.getLast().memory() == moment.memory();
            if (action != Action.FILL && !again) {
                kept.add(moment);
            }
        }
        return kept.subList(Math.max(0, kept.size() - MOST_COLUMNS), kept.size());
    }

    private Drawing draw(Experiment experiment, TriedHeap heap, long seed, List<Moment> bad, List<Moment> good) {
        width = LEFT + COLUMN * Math.max(5, Math.max(bad.size(), good.size())) + 20;
        int height = HEAD + 2 * PANEL + 10;
        text(16, 26, 17, "#111111", "bold", "start", "One line of memory: " + experiment.name());
        int at = 46;
        for (String part : wrap(experiment.shows(), width / 7)) {
            text(16, at, 13, "#444444", "normal", "start", part);
            at += 17;
        }
        panel(HEAD, experiment.mistake(), OTHER, bad, true);
        panel(HEAD + PANEL, experiment.cure(), RIGHT, good, false);
        text(
                width - 12,
                height - 6,
                11,
                "#888888",
                "normal",
                "end",
                "dmabuf4j litmus " + experiment.name() + " --heap " + heap.name() + " --seeds " + seed + " --trace");
        return new Drawing(width, height, svg.toString());
    }

    private void panel(int top, String title, String color, List<Moment> moments, boolean bad) {
        text(16, top + 22, 15, color, "bold", "start", (bad ? "\u2717 " : "\u2713 ") + title);
        int[] lanes = {top + 40, top + 40 + LANE, top + 40 + 2 * LANE, top + 40 + 3 * LANE};
        String[] names = {"CPU", "cache", "memory", device.isEmpty() ? "" : "device"};
        for (int lane = 0; lane < 4; lane++) {
            if (!names[lane].isEmpty()) {
                text(16, lanes[lane] + 19, 14, "#222222", "bold", "start", names[lane]);
                line(LEFT - 10, lanes[lane] + BAND / 2, width - 16, lanes[lane] + BAND / 2, "#dddddd", "");
            }
        }
        bands(
                moments,
                lanes[1],
                moment -> moment.inCache() ? name(moment.cached()) + (moment.dirty() ? ", dirty" : ", clean") : "");
        bands(moments, lanes[2], moment -> name(moment.memory()));
        for (int i = 0; i < moments.size(); i++) {
            boolean last = i == moments.size() - 1;
            step(LEFT + i * COLUMN, lanes, i + 1, moments.get(i), last);
        }
    }

    /** What the line holds at one place, as long as it stays the same. */
    private void bands(List<Moment> moments, int y, Function<Moment, String> content) {
        int from = 0;
        for (int i = 1; i <= moments.size(); i++) {
            String words = content.apply(moments.get(from));
            if (i == moments.size() || !content.apply(moments.get(i)).equals(words)) {
                int x = LEFT + from * COLUMN + 20;
                int end = Math.min(LEFT + i * COLUMN + 20, width - 16);
                if (!words.isEmpty()) {
                    String border = words.endsWith("dirty") ? " stroke=\"#111111\" stroke-width=\"2.5\"" : "";
                    svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"%s/>\n"
                            .formatted(x, y, end - x, BAND, color(words), border));
                    text(x + 14, y + 18, 12, "#ffffff", "bold", "start", words);
                }
                from = i;
            }
        }
    }

    private void step(int x, int[] lanes, int number, Moment moment, boolean last) {
        Way way = way(moment.event().action());
        int from = way.from();
        int to = way.to();
        int middle = x + 20;
        if (from == to) {
            text(middle, lanes[1] + 19, 18, "#222222", "bold", "middle", "\u00d7");
        } else {
            int begin = lanes[from] + (from < to ? BAND : 0);
            int end = lanes[to] + (from < to ? 0 : BAND);
            line(middle, begin, middle, end, "#222222", " stroke-width=\"1.8\" marker-end=\"url(#tip)\"");
        }
        int badge = from == to ? lanes[1] - 9 : lanes[from] + BAND / 2;
        svg.append("<circle cx=\"%d\" cy=\"%d\" r=\"10\" fill=\"#222222\"/>\n".formatted(middle, badge));
        text(middle, badge + 4, 12, "#ffffff", "bold", "middle", Integer.toString(number));
        int y = lanes[3] + LANE - 8;
        boolean wrong = last && seen(moment) != right;
        String caption = number + "  " + caption(moment) + (last ? wrong ? " \u2717" : " \u2713" : "");
        for (String part : wrap(caption, 18)) {
            text(x + 8, y, 12, last ? wrong ? OTHER : RIGHT : "#333333", last ? "bold" : "normal", "start", part);
            y += 15;
        }
    }

    /** From which lane to which something goes. */
    private record Way(int from, int to) {}

    private static Way way(Action action) {
        return switch (action) {
            case STORE -> new Way(0, 1);
            case LOAD -> new Way(1, 0);
            case UNCACHED_STORE, COMBINED_STORE, DRAIN -> new Way(0, 2);
            case UNCACHED_LOAD -> new Way(2, 0);
            case EVICT_DIRTY, CLEAN, SNOOP -> new Way(1, 2);
            case FILL, SPECULATE -> new Way(2, 1);
            case DMA_WRITE -> new Way(3, 2);
            case DMA_READ -> new Way(2, 3);
            case EVICT_CLEAN, INVALIDATE, NOTE -> new Way(1, 1);
        };
    }

    private String caption(Moment moment) {
        MachineEvent event = moment.event();
        return switch (event.action()) {
            case STORE -> event.actor() + " stores " + name(moment.cached()) + ", into the cache only";
            case LOAD -> event.actor() + " reads " + name(moment.cached()) + " from the cache";
            case FILL, SPECULATE -> "the CPU fetches the line on its own";
            case EVICT_DIRTY ->
                "the cache needs the place and writes " + name(moment.memory()) + " over what memory has";
            case EVICT_CLEAN -> "the cache forgets the line";
            case UNCACHED_LOAD -> event.actor() + " reads " + name(moment.memory()) + ", past the cache";
            case UNCACHED_STORE -> event.actor() + " stores " + name(moment.memory()) + ", past the cache";
            case COMBINED_STORE -> event.actor() + " stores, but only into its store buffer";
            case DRAIN -> "the store buffer writes " + name(moment.memory()) + " to memory";
            case CLEAN -> "maintenance: cleaned, memory has " + name(moment.memory());
            case INVALIDATE -> "maintenance: dropped from the cache";
            case SNOOP -> "somebody looks into the cache";
            case DMA_READ -> "the " + event.actor() + " reads " + name(moment.memory());
            case DMA_WRITE -> "the " + event.actor() + " writes " + name(moment.memory()) + ", past the cache";
            case NOTE -> event.text();
        };
    }

    private String color(String words) {
        return words.startsWith(rightName) ? RIGHT : words.startsWith("zeros") ? ZERO : OTHER;
    }

    private String name(int content) {
        return content == right ? rightName : content == 0 ? "zeros" : otherName;
    }

    private void line(int x1, int y1, int x2, int y2, String color, String more) {
        svg.append("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"%s/>\n"
                .formatted(x1, y1, x2, y2, color, more));
    }

    private void text(int x, int y, int size, String color, String weight, String anchor, String words) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\" font-weight=\"%s\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                size,
                color,
                weight,
                anchor,
                words.replace("&", "&amp;").replace("<", "&lt;")));
    }

    /** Words in lines of a greatest length. */
    static List<String> wrap(String words, int most) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > most) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
