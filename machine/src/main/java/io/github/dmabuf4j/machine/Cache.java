package io.github.dmabuf4j.machine;

import java.util.Arrays;

/** Places for lines, by physical address: sets of ways, with the bytes of each line and whether it is dirty. */
final class Cache {
    private static final long EMPTY = -1;

    private final int lineShift;
    private final int sets;
    private final int ways;
    private final long[] lines;
    private final boolean[] dirty;
    private final byte[] bytes;

    Cache(MachineConfig config) {
        this.lineShift = Integer.numberOfTrailingZeros(config.lineSize());
        this.sets = config.sets();
        this.ways = config.ways();
        this.lines = new long[sets * ways];
        this.dirty = new boolean[sets * ways];
        this.bytes = new byte[(sets * ways) << lineShift];
        Arrays.fill(lines, EMPTY);
    }

    int places() {
        return lines.length;
    }

    /** Where a line is, by its address; -1 if it is not there. */
    int find(long line) {
        int first = firstPlace(line);
        for (int place = first; place < first + ways; place++) {
            if (lines[place] == line) {
                return place;
            }
        }
        return -1;
    }

    /** The place that a new line will take: a free one of its set, or any by chance. */
    int placeFor(long line, Chance chance) {
        int first = firstPlace(line);
        for (int place = first; place < first + ways; place++) {
            if (lines[place] == EMPTY) {
                return place;
            }
        }
        return first + chance.below(ways);
    }

    private int firstPlace(long line) {
        return (int) ((line >>> lineShift) & (sets - 1)) * ways;
    }

    boolean isTaken(int place) {
        return lines[place] != EMPTY;
    }

    long line(int place) {
        return lines[place];
    }

    boolean isDirty(int place) {
        return dirty[place];
    }

    void take(int place, long line) {
        lines[place] = line;
        dirty[place] = false;
    }

    void drop(int place) {
        lines[place] = EMPTY;
        dirty[place] = false;
    }

    void setDirty(int place, boolean now) {
        dirty[place] = now;
    }

    /** The bytes of all places, one after the other. */
    byte[] bytes() {
        return bytes;
    }

    int start(int place) {
        return place << lineShift;
    }
}
