package io.github.dmabuf4j.cli.litmus;

import io.github.dmabuf4j.buffer.AllocationRequest;
import io.github.dmabuf4j.buffer.DmaAttachment;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.DmaHeap;
import io.github.dmabuf4j.machine.Machine;
import io.github.dmabuf4j.machine.MachineConfig;
import io.github.dmabuf4j.machine.MachineDevice;
import io.github.dmabuf4j.machine.Port;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.DmaDirection;
import io.github.dmabuf4j.memory.DmaTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs the processors to share a buffer with a device, by how it is mapped and how much of it they touch: a
 * device works on all of a buffer, then the CPU on some of its lines, and so on. Measured on the machine, with the
 * maintenance that a buffer does by itself.
 */
final class CostTable {
    /** Size of the buffer. */
    static final int SIZE = 64 << 10;

    private static final int LINE = 64;
    static final int LINES = SIZE / LINE;
    private static final int[] TOUCHED = {LINES / 100, LINES / 20, LINES / 10, LINES / 4, LINES / 2, LINES};

    /** What the CPU does to a line that it touches. */
    enum Use {
        /** Loads all of it. */
        READ_LINES("reads whole lines", false, LINE),
        /** Loads eight bytes of it. */
        READ_WORDS("reads 8 bytes of a line", false, 8),
        /** Stores all of it. */
        WRITE_LINES("writes whole lines", true, LINE),
        /** Stores eight bytes of it. */
        WRITE_WORDS("writes 8 bytes of a line", true, 8);

        final String words;
        final boolean writes;
        final int bytes;

        Use(String words, boolean writes, int bytes) {
            this.words = words;
            this.writes = writes;
            this.bytes = bytes;
        }
    }

    /**
     * Cycles for one share.
     *
     * @param use what the CPU does
     * @param lines how many lines it touches, of {@link #LINES}
     * @param cached cycles with a cached mapping, maintenance included
     * @param uncached cycles with an uncached mapping
     * @param combined cycles with a write-combined mapping
     */
    record Row(Use use, int lines, long cached, long uncached, long combined) {
        double percent() {
            return 100.0 * lines / LINES;
        }
    }

    private final TriedHeap heap;

    CostTable(TriedHeap heap) {
        this.heap = heap;
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Use use : Use.values()) {
            for (int lines : TOUCHED) {
                rows.add(new Row(
                        use,
                        lines,
                        cycles(Caching.CACHED, use, lines),
                        cycles(Caching.UNCACHED, use, lines),
                        cycles(Caching.WRITE_COMBINED, use, lines)));
            }
        }
        return rows;
    }

    /**
     * From how many lines on a cached buffer with maintenance is cheaper than another one.
     *
     * @param use what the CPU does to a line
     * @param other how the other buffer is mapped
     * @return lines, one more than there are if it never is
     */
    int crossover(Use use, Caching other) {
        int low = 1;
        int high = LINES + 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cycles(Caching.CACHED, use, middle) < cycles(other, use, middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** One round: the device and the CPU, one after the other. */
    long cycles(Caching caching, Use use, int lines) {
        // Nothing by chance, and a cache that is large enough: what is left is what the mapping costs.
        Machine machine = new Machine(
                MachineConfig.small(1).withChances(0, 0).withCache(1024, 4).withFrames(256));
        MachineDevice device = machine.device("device", Port.NON_COHERENT);
        try (DmaHeap source = heap.builder().build(machine, machine.maintenance());
                DmaBuf buffer = source.allocate(AllocationRequest.of(SIZE).with(caching));
                DmaAttachment attachment = buffer.attach(device)) {
            machine.maintenance().becomeUncached(buffer.pages());
            machine.resetCosts();
            if (!use.writes) {
                share(attachment, DmaDirection.FROM_DEVICE);
            }
            for (int i = 0; i < lines; i++) {
                // Spread over the buffer.
                long at = (long) i * LINES / lines * LINE;
                if (use.writes) {
                    machine.cpu(0).store(buffer.pages(), at, new byte[use.bytes]);
                } else {
                    machine.cpu(0).load(buffer.pages(), at, use.bytes);
                }
            }
            if (use.writes) {
                share(attachment, DmaDirection.TO_DEVICE);
            }
            return machine.cycles();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stopped);
        }
    }

    private static void share(DmaAttachment attachment, DmaDirection direction)
            throws IOException, InterruptedException {
        DmaTable table = attachment.map(direction);
        attachment.unmap(table, direction);
    }
}
