package io.github.dmabuf4j.bench.memory;

import io.github.dmabuf4j.buffer.CmaHeap;
import io.github.dmabuf4j.buffer.DmaBuf;
import io.github.dmabuf4j.buffer.HeapLimits;
import io.github.dmabuf4j.buffer.Lodger;
import io.github.dmabuf4j.memory.ArenaBacking;
import io.github.dmabuf4j.memory.CacheMaintenance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A half-full area of 16,384 pages: every other eight pages are taken, and the last sixteen are free, or lodgers live
 * there. A request of sixteen pages passes all holes that are too small.
 */
public final class AreaExperiments implements AutoCloseable {
    private static final long PAGE = 4096;
    private static final int PAGES = 16_384;
    private static final int WANTED = 16;
    private static final int HOLE = 8;

    private final CmaHeap heap;
    private final List<DmaBuf> taken = new ArrayList<>();
    private final BitSet bits = new BitSet(PAGES);

    /**
     * Fills half of an area.
     *
     * @throws IOException if there is no memory
     */
    public AreaExperiments() throws IOException {
        heap = new CmaHeap("area", new ArenaBacking(), PAGES * PAGE, HeapLimits.DEFAULT, CacheMaintenance.COHERENT);
        List<DmaBuf> holes = new ArrayList<>();
        for (int page = 0; page < PAGES - WANTED; page += 2 * HOLE) {
            taken.add(heap.allocate(HOLE * PAGE));
            bits.set(page, page + HOLE);
            holes.add(heap.allocate(HOLE * PAGE));
        }
        holes.forEach(DmaBuf::close);
        heap.awaitIdle();
    }

    /**
     * An allocation, when some lodgers have to go first.
     *
     * @param lodgers how many share the last pages; 0 leaves them free
     * @param times how often
     * @return the median, in nanoseconds
     * @throws IOException if there is no memory
     */
    public double allocate(int lodgers, int times) throws IOException {
        double[] nanos = new double[times];
        List<Lodger> guests = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            for (int k = 0; k < lodgers; k++) {
                guests.add(heap.lodge(WANTED / lodgers * PAGE, "guest"));
            }
            long before = heap.lodgers().moves();
            long start = System.nanoTime();
            DmaBuf buffer = heap.allocate(WANTED * PAGE);
            nanos[i] = System.nanoTime() - start;
            if (heap.lodgers().moves() - before != lodgers) {
                throw new IllegalStateException("not " + lodgers + " lodgers were moved: " + heap.lodgers());
            }
            buffer.close();
            guests.forEach(Lodger::close);
            guests.clear();
            heap.awaitIdle();
        }
        return HeapExperiments.median(nanos);
    }

    /**
     * The least that any allocator does: a scan of a bare {@link BitSet} for sixteen aligned pages.
     *
     * @param times how often
     * @return the median, in nanoseconds
     */
    public double scan(int times) {
        double[] nanos = new double[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            int first = bits.nextClearBit(0);
            for (int blocked = bits.nextSetBit(first);
                    blocked >= 0 && blocked - first < WANTED;
                    blocked = bits.nextSetBit(first)) {
                first = (bits.nextClearBit(blocked) + WANTED - 1) & -WANTED;
            }
            bits.set(first, first + WANTED);
            nanos[i] = System.nanoTime() - start;
            if (first != PAGES - WANTED) {
                throw new IllegalStateException("the scan ended at " + first);
            }
            bits.clear(first, first + WANTED);
        }
        return HeapExperiments.median(nanos);
    }

    @Override
    public void close() {
        taken.forEach(DmaBuf::close);
        heap.close();
    }
}
