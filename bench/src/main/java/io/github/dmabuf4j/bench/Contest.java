package io.github.dmabuf4j.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Several contenders at the same task under the same regime, in rounds.
 *
 * <p>Every round runs one block of each contender, and each round starts with another one, so that no contender always
 * follows the same neighbour. A contender that fails is out for the whole contest, with its reason; the others go on.
 */
final class Contest {
    private final Task task;
    private final Regime regime;
    private final List<Entry> entries;

    Contest(Task task, Regime regime, List<Contender> contenders) {
        this.task = task;
        this.regime = regime;
        this.entries = contenders.stream().map(Entry::new).toList();
    }

    /** Runs all rounds; says on standard error what it is doing. */
    Contest run(int rounds, String title) throws InterruptedException {
        regime.obstacle().ifPresent(reason -> entries.forEach(entry -> entry.failure = reason));
        for (int round = 0; round < rounds; round++) {
            System.err.printf("%s, %s: round %d of %d%n", title, regime, round + 1, rounds);
            List<Entry> order = new ArrayList<>(entries);
            Collections.rotate(order, -round);
            for (Entry entry : order) {
                if (entry.failure.isEmpty()) {
                    entry.runOnce();
                }
            }
        }
        return this;
    }

    /** The contenders with what they measured, in the order they were named. */
    List<Entry> entries() {
        return entries;
    }

    /** One contender and its results. */
    final class Entry {
        private final Contender contender;
        private final List<List<Map<String, Double>>> rounds = new ArrayList<>();
        private String failure = "";

        private Entry(Contender contender) {
            this.contender = contender;
        }

        private void runOnce() throws InterruptedException {
            try {
                rounds.add(Block.run(contender, task, regime));
            } catch (IOException | UnsupportedOperationException e) {
                failure = String.valueOf(e.getMessage());
                System.err.println("  " + failure);
            }
        }

        String name() {
            return contender.name();
        }

        /** Why there are no results; empty when there are. */
        String failure() {
            return failure;
        }

        /**
         * One value per round.
         *
         * @param side 0 for the leader, from 1 for followers
         * @param key the name of the value
         */
        double[] values(int side, String key) {
            return rounds.stream()
                    .mapToDouble(results -> {
                        Double value = results.get(side).get(key);
                        if (value == null) {
                            throw new IllegalStateException(contender.name() + " has not measured " + key);
                        }
                        return value;
                    })
                    .toArray();
        }
    }
}
