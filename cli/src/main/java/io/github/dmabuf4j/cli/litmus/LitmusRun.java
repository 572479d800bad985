package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.machine.MachineEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The experiments of one call of the command. */
public final class LitmusRun {
    private final List<Experiment> experiments;
    private final long firstSeed;
    private final long lastSeed;
    private final List<Verdict> verdicts = new ArrayList<>();

    /**
     * Chooses experiments.
     *
     * @param names their names, each one of {@link #names()}
     * @param firstSeed the first seed
     * @param lastSeed the last seed
     */
    public LitmusRun(List<String> names, long firstSeed, long lastSeed) {
        this.experiments = Experiments.ALL.stream()
                .filter(each -> names.contains(each.name()))
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
     * How many experiments were chosen.
     *
     * @return the number
     */
    public int size() {
        return experiments.size();
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
            verdicts.addAll(new Litmus(experiments.subList(i, i + 1), Heaps.ALL, firstSeed, lastSeed).run());
            progress.accept(i + 1);
        }
        return report().holds();
    }

    private LitmusReport report() {
        return new LitmusReport(verdicts, new CostTable(Heaps.ALL.getFirst()));
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
     * What happens to the line that goes wrong in the first of the experiments, with the mistake and with the cure.
     *
     * @return lines
     * @throws IOException if none of the seeds shows the mistake
     */
    public String trace() throws IOException {
        Experiment experiment = experiments.getFirst();
        TriedHeap heap = Heaps.ALL.getFirst();
        long seed = tellingSeed(experiment, heap);
        StringBuilder text = new StringBuilder(
                experiment.name() + " on heap " + heap.name() + ", seed " + seed + "\n" + experiment.shows() + "\n");
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
        return text.toString();
    }

    /**
     * A picture of the same.
     *
     * @return SVG
     * @throws IOException if none of the seeds shows the mistake
     */
    public String picture() throws IOException {
        Experiment experiment = experiments.getFirst();
        TriedHeap heap = Heaps.ALL.getFirst();
        return LinePicture.of(experiment, heap, tellingSeed(experiment, heap));
    }

    private long tellingSeed(Experiment experiment, TriedHeap heap) throws IOException {
        for (long seed = firstSeed; seed <= lastSeed; seed++) {
            if (wrongAddress(experiment, heap, seed) != Experiment.RIGHT) {
                return seed;
            }
        }
        throw new IOException("none of the seeds shows the mistake of " + experiment.name() + ": try more of them");
    }

    private static long wrongAddress(Experiment experiment, TriedHeap heap, long seed) {
        try (Scene scene = new Scene(experiment, heap, seed, false, false)) {
            return Litmus.run(scene);
        }
    }
}
