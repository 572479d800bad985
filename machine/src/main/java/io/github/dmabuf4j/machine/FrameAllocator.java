package io.github.dmabuf4j.machine;

import io.github.dmabuf4j.memory.OutOfPagesException;
import io.github.dmabuf4j.memory.Room;
import java.util.BitSet;

/** Which frames of memory are in use; gives runs of neighbours, the lowest that is free. */
final class FrameAllocator {
    private final int frames;
    private final int pageSize;
    private final BitSet used;

    FrameAllocator(int frames, int pageSize) {
        this.frames = frames;
        this.pageSize = pageSize;
        this.used = new BitSet(frames);
    }

    synchronized int[] take(int count) throws OutOfPagesException {
        for (int from = used.nextClearBit(0); from < frames; ) {
            int end = used.nextSetBit(from);
            int length = (end < 0 ? frames : end) - from;
            if (length >= count) {
                used.set(from, from + count);
                int[] run = new int[count];
                for (int i = 0; i < count; i++) {
                    run[i] = from + i;
                }
                return run;
            }
            from = used.nextClearBit(from + length);
        }
        Room room = room();
        throw new OutOfPagesException(
                "the machine has " + room.free() / pageSize + " pages left, " + room.largestRun() / pageSize
                        + " of them in a row, not " + count + " in a row",
                room.free(),
                room.largestRun());
    }

    synchronized Room room() {
        int largest = 0;
        for (int from = used.nextClearBit(0); from < frames; ) {
            int end = used.nextSetBit(from);
            int length = (end < 0 ? frames : end) - from;
            largest = Math.max(largest, length);
            from = used.nextClearBit(from + length);
        }
        return new Room((long) free() * pageSize, (long) largest * pageSize);
    }

    synchronized void giveBack(int[] run) {
        for (int frame : run) {
            used.clear(frame);
        }
    }

    synchronized int free() {
        return frames - used.cardinality();
    }
}
