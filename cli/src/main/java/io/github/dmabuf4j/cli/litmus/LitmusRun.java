package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.machine.MachineEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The experiments of one call of the command, on some heaps. */
public final class LitmusRun {
    /** One experiment on one heap. */
    private record Pair(Experiment experiment, TriedHeap heap) {}

    private final List<Experiment> experiments;
    private final List<TriedHeap> heaps;
    private final boolean everyHeap;
    private final long firstSeed;
    private final long lastSeed;
    private final List<Verdict> verdicts = new ArrayList<>();

    /**
     * Chooses experiments and heaps.
     *
     * @param names the experiments, each one of {@link #names()}
     * @param heapNames the heaps, each one of {@link #heaps()}; none for all
     * @param firstSeed the first seed
     * @param lastSeed the last seed
     */
    public LitmusRun(List<String> names, List<String> heapNames, long firstSeed, long lastSeed) {
        this.experiments = Experiments.ALL.stream()
                .filter(each -> names.contains(each.name()))
                .toList();
        this.everyHeap = heapNames.isEmpty();
        this.heaps = Heaps.ALL.stream()
                .filter(each -> everyHeap || heapNames.contains(each.name()))
                .toList();
        this.firstSeed = firstSeed;
        this.lastSeed = lastSeed;
    }

    /**
     * What experiments there are.
     *
     * @return their names
     */
    public static List<String> names() {
        return Experiments.ALL.stream().map(Experiment::name).toList();
    }

    /**
     * What heaps there are.
     *
     * @return their names
     */
    public static List<String> heaps() {
        return Heaps.ALL.stream().map(TriedHeap::name).toList();
    }

    /**
     * How many experiments were chosen.
     *
     * @return the number
     */
    public int size() {
        return experiments.size();
    }

    /**
     * What of the choice is not tried, because it would mean nothing.
     *
     * @return a sentence for each experiment on each such heap
     */
    public List<String> untried() {
        return Untried.of(experiments, heaps).stream().map(Untried::toString).toList();
    }

    /**
     * Whether anything of the choice can be tried.
     *
     * @return false if {@link #untried()} is all there is
     */
    public boolean isEmpty() {
        return experiments.stream().allMatch(each -> each.scope().of(heaps).isEmpty());
    }

    /**
     * Runs them.
     *
     * @param progress is told how many are done
     * @return whether everything was right that should be
     */
    public boolean judge(LongConsumer progress) {
        verdicts.clear();
        for (int i = 0; i < experiments.size(); i++) {
            verdicts.addAll(new Litmus(experiments.subList(i, i + 1), heaps, firstSeed, lastSeed).run());
            progress.accept(i + 1);
        }
        return report().holds();
    }

    private LitmusReport report() {
        return new LitmusReport(verdicts, Untried.of(experiments, heaps), new CostTable(Heaps.ALL.getFirst()));
    }

    /**
     * What came of it, for people.
     *
     * @return tables
     */
    public String table() {
        return report().text();
    }

    /**
     * What came of it, for programs.
     *
     * @return JSON
     */
    public String json() {
        return report().json().toString();
    }

    /**
     * What happens to the line that goes wrong, with the mistake and with the cure: in each of the experiments, with the
     * first seed that shows it, on each of the heaps that were named, or else on the first.
     *
     * @return lines
     * @throws IOException if none of the seeds shows a mistake
     */
    public String trace() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Pair each : pairs()) {
            text.append(text.isEmpty() ? "" : "\n");
            trace(each.experiment(), each.heap(), text);
        }
        return text.toString();
    }

    private void trace(Experiment experiment, TriedHeap heap, StringBuilder text) throws IOException {
        long seed = tellingSeed(experiment, heap);
        text.append(experiment.name())
                .append(" on heap ")
                .append(heap.name())
                .append(", seed ")
                .append(seed)
                .append('\n')
                .append(experiment.shows())
                .append('\n');
        long line = wrongAddress(experiment, heap, seed) & -64;
        for (boolean cured : new boolean[] {false, true}) {
            text.append('\n')
                    .append(cured ? experiment.cure() : experiment.mistake())
                    .append(":\n");
            try (Scene scene = new Scene(experiment, heap, seed, false, cured)) {
                scene.machine().watch(event -> {
                    if (event.action() == MachineEvent.Action.NOTE || event.address() / 64 == line / 64) {
                        text.append(event).append('\n');
                    }
                });
                Litmus.run(scene);
                scene.machine().watch(null);
            }
        }
    }

    /**
     * A picture of the same.
     *
     * @return SVG, one picture below the other
     * @throws IOException if none of the seeds shows a mistake
     */
    public String picture() throws IOException {
        List<LinePicture.Drawing> drawings = new ArrayList<>();
        for (Pair each : pairs()) {
            LinePicture.Drawing drawing =
                    LinePicture.of(each.experiment(), each.heap(), tellingSeed(each.experiment(), each.heap()));
            if (drawing != null) {
                drawings.add(drawing);
            }
        }
        return LinePicture.document(drawings);
    }

    private List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (Experiment experiment : experiments) {
            List<TriedHeap> covered = experiment.scope().of(heaps);
            for (TriedHeap heap : everyHeap ? covered.subList(0, 1) : covered) {
                pairs.add(new Pair(experiment, heap));
            }
        }
        return pairs;
    }

    private long tellingSeed(Experiment experiment, TriedHeap heap) throws IOException {
        for (long seed = firstSeed; seed <= lastSeed; seed++) {
            if (wrongAddress(experiment, heap, seed) != Experiment.RIGHT) {
                return seed;
            }
        }
        throw new IOException("none of the seeds shows the mistake of " + experiment.name() + " on heap " + heap.name()
                + ": try more of them");
    }

    private static long wrongAddress(Experiment experiment, TriedHeap heap, long seed) {
        try (Scene scene = new Scene(experiment, heap, seed, false, false)) {
            return Litmus.run(scene);
        }
    }
}
