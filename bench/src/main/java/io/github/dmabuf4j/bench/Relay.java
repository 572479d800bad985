package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contenders that take turns of a few milliseconds, all alive at the same time.
 *
 * <p>The distance between two processors of a virtual machine changes, by a factor of four, every few seconds: whoever
 * measures one contender after the other compares the distances of different moments. Here the processes of every
 * contender are started and warmed up once; then one contender after the other is let run for a short turn while the
 * processes of all others are stopped, hundreds of times around. Two turns of the same <em>cycle</em> are neighbours in
 * time: what happens to the machine happens to both, and their ratio is that of the contenders. The cycles differ in
 * their order.
 *
 * <p>What differs from one start of a program to the next, such as what a compiler made of it, is part of the result too:
 * so all of it is repeated with fresh processes, in a few <em>generations</em>.
 *
 * <p>A contender that fails is out for the whole relay, with its reason; the others go on.
 */
final class Relay {
    private final Regime regime;
    private final List<Entry> entries = new ArrayList<>();

    Relay(Regime regime) {
        this.regime = regime;
    }

    /**
     * How long a relay is.
     *
     * @param generations how often everything is started afresh
     * @param cycles how many turns each contender has in a generation
     * @param warmUp the length of the turn before the first
     * @param turn the length of a turn
     */
    record Plan(int generations, int cycles, Duration warmUp, Duration turn) {
        String words() {
            return "%d generations of %d cycles; a warm-up of %d ms for each contender, then turns of %d ms."
                    .formatted(generations, cycles, warmUp.toMillis(), turn.toMillis());
        }
    }

    /** Adds a contender. */
    Entry add(Contender contender, Task task) {
        return add(contender.name(), contender, task);
    }

    /** Adds a contender that takes part several times, with different tasks. */
    Entry add(String name, Contender contender, Task task) {
        Entry entry = new Entry(name, contender, task);
        entries.add(entry);
        return entry;
    }

    Regime regime() {
        return regime;
    }

    List<Entry> entries() {
        return entries;
    }

    /** What was added under a name. */
    Entry entry(String wanted) {
        return entries.stream()
                .filter(entry -> entry.name.equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contender is called " + wanted));
    }

    /** Runs all generations; says on standard error what it is doing. */
    Relay run(Plan plan, String title) throws IOException, InterruptedException {
        regime.obstacle().ifPresent(reason -> entries.forEach(entry -> entry.failure = reason));
        for (int generation = 0; generation < plan.generations(); generation++) {
            System.err.printf("%s, %s: generation %d of %d%n", title, regime, generation + 1, plan.generations());
            List<Process> background = regime.startBackground();
            try {
                for (Entry entry : entries) {
                    entry.open(plan);
                }
                for (int cycle = 0; cycle < plan.cycles(); cycle++) {
                    List<Entry> order = new ArrayList<>(entries);
                    Collections.rotate(order, -cycle);
                    for (Entry entry : cycle % 2 == 0 ? order : order.reversed()) {
                        entry.take(plan);
                    }
                }
            } finally {
                for (Entry entry : entries) {
                    entry.close();
                }
                background.forEach(Process::destroy);
            }
        }
        return this;
    }

    /** A contender and what it measured. */
    final class Entry {
        private final String name;
        private final Contender contender;
        private final Task task;
        private final List<List<Map<String, Double>>> generations = new ArrayList<>();
        private String failure = "";
        private @Nullable Block block;

        private Entry(String name, Contender contender, Task task) {
            this.name = name;
            this.contender = contender;
            this.task = task;
        }

        private void open(Plan plan) throws InterruptedException {
            generations.add(new ArrayList<>());
            if (failure.isEmpty()) {
                try {
                    Block opened = Block.open(contender, task, regime);
                    block = opened;
                    opened.turn(plan.warmUp());
                } catch (IOException | UnsupportedOperationException e) {
                    failed(e);
                }
            }
        }

        private void take(Plan plan) throws InterruptedException {
            if (failure.isEmpty() && block != null) {
                try {
                    generations.getLast().add(block.turn(plan.turn()));
                } catch (IOException e) {
                    failed(e);
                }
            }
        }

        private void failed(Exception e) {
            failure = String.valueOf(e.getMessage());
            System.err.println("  " + failure);
        }

        private void close() throws IOException {
            if (block != null) {
                block.close();
                block = null;
            }
        }

        String name() {
            return name;
        }

        /** Why there are no results; empty when there are. */
        String failure() {
            return failure;
        }

        /** What the leader measured: an array for each generation, with a value for each turn. */
        double[][] values(String key) {
            return generations.stream()
                    .map(turns ->
                            turns.stream().mapToDouble(turn -> value(turn, key)).toArray())
                    .toArray(double[][]::new);
        }

        private double value(Map<String, Double> turn, String key) {
            Double value = turn.get(key);
            if (value == null) {
                throw new IllegalStateException(name + " has not measured " + key);
            }
            return value;
        }
    }
}
