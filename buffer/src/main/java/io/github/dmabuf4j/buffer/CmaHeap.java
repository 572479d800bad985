package io.github.dmabuf4j.buffer;

import io.github.dmabuf4j.memory.CacheMaintenance;
import io.github.dmabuf4j.memory.Caching;
import io.github.dmabuf4j.memory.PageBacking;
import io.github.dmabuf4j.memory.PageBitmap;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A heap of contiguous, aligned buffers from an area that is not idle while there are none: as long as nobody needs
 * their pages, {@linkplain Lodger lodgers} live there. When a buffer finds no room, lodgers that nobody has leased or
 * pinned are moved away.
 *
 * <p>A buffer begins at a multiple of its size, rounded up to a power of two, at most {@link #MAX_ALIGNMENT_PAGES}
 * pages, counted from the beginning of the area. Lodgers settle from the end of the area, where buffers come last.
 *
 * <p>What a lodger leaves behind is zeroed by whoever drove it away, the one case in which memory is not zeroed in the
 * background: nobody gave it back in time.
 *
 * @see <a href="https://lwn.net/Articles/486301/">the kernel's contiguous memory allocator</a>
 */
public final class CmaHeap extends RegionHeap {
    /** The largest alignment of a buffer, in pages: a MiB of pages of 4 KiB. */
    public static final int MAX_ALIGNMENT_PAGES = 256;

    // Guarded by the region:
    private final Set<Lodging> lodgers = new LinkedHashSet<>();
    private long moves;
    private long movedBytes;

    /**
     * Sets an area aside.
     *
     * @param name the heap's name
     * @param backing where the area comes from
     * @param bytes the area's size; rounded up to whole pages
     * @param limits how much the heap gives
     * @param maintenance what is done when a page becomes uncached, is zeroed, and leaves
     * @throws IOException if the system does not have as much
     */
    public CmaHeap(String name, PageBacking backing, long bytes, HeapLimits limits, CacheMaintenance maintenance)
            throws IOException {
        super(name, backing, bytes, limits, maintenance);
    }

    @Override
    public HeapKind kind() {
        return HeapKind.CMA;
    }

    @Override
    long roundUp(long size) {
        return region.backing.roundUp(size);
    }

    /**
     * Takes a lodger in: in the area if there is room, elsewhere if not.
     *
     * @param size how much memory, in bytes; rounded up to whole pages
     * @param label a name for people
     * @return the lodger, every byte zero, owned by the caller
     * @throws IllegalArgumentException if the size is not positive or too large to be rounded up
     * @throws IllegalStateException if the heap is closed
     * @throws IOException if there is no room in the area and the system has no more
     */
    public Lodger lodge(long size, String label) throws IOException {
        long rounded = roundUp(size);
        synchronized (region) {
            region.checkOpen();
            Lodging.Home home = rounded <= capacity() ? settle((int) (rounded / region.pageSize)) : null;
            if (home == null) {
                home = new Lodging.Home(region.backing.give(rounded, label), null);
            }
            Lodging lodging = new Lodging(this, label, rounded, home);
            lodgers.add(lodging);
            return new Lodger(lodging);
        }
    }

    /** A place in the area that is free; null if there is none. */
    private Lodging.@Nullable Home settle(int count) throws IOException {
        int first = region.bitmap().findLast(count);
        if (first < 0) {
            return null;
        }
        region.bitmap().take(first, count);
        Region.Part part = region.map(first, count, Caching.CACHED);
        return new Lodging.Home(part.pages(), part);
    }

    /** A lodger is closed and has no lease. */
    void leave(Lodging lodger) {
        synchronized (region) {
            lodgers.remove(lodger);
        }
        Lodging.Home home = lodger.home();
        if (home.part() == null) {
            home.pages().close();
        } else {
            region.retire(home.part(), true);
        }
    }

    /**
     * What the lodgers use, and how often they were moved.
     *
     * @return the numbers of one moment
     */
    public LodgerStats lodgers() {
        synchronized (region) {
            long inArea = lodgers.stream()
                    .filter(Lodging::isInArea)
                    .mapToLong(lodger -> lodger.size)
                    .sum();
            return new LodgerStats(lodgers.size(), inArea, moves, movedBytes);
        }
    }

    @Override
    List<Region.Part> take(long size, Caching caching) throws IOException {
        int count = region.pagesFor(size);
        int align = Math.min(MAX_ALIGNMENT_PAGES, Integer.highestOneBit(Math.max(1, 2 * count - 1)));
        int first = region.takeIfFree(count, align);
        if (first < 0) {
            first = makeRoom(count, align);
        }
        if (first < 0) {
            throw region.full(size);
        }
        return List.of(region.map(first, count, caching));
    }

    /** Moves lodgers until a run is free, and takes it. Answers with -1 if too many must stay. */
    private int makeRoom(int count, int align) throws IOException {
        synchronized (region) {
            region.checkOpen();
            Set<Lodging> stubborn = new HashSet<>();
            while (true) {
                // Where a lodger is changes only with the region locked; whether it may go can change at any time.
                Map<Lodging, Region.Part> movable = new LinkedHashMap<>();
                PageBitmap without = region.bitmap().copy();
                for (Lodging lodger : lodgers) {
                    Region.Part part = stubborn.contains(lodger) ? null : lodger.movable();
                    if (part != null) {
                        without.giveBack(part.first(), part.count());
                        movable.put(lodger, part);
                    }
                }
                int first = without.find(count, align);
                if (first < 0) {
                    return -1;
                }
                Lodging stays = clear(first, count, movable);
                if (stays == null) {
                    return first;
                }
                stubborn.add(stays);
            }
        }
    }

    /** Takes a run of which lodgers have a part. If one of them cannot go, nothing is taken and it is the answer. */
    private @Nullable Lodging clear(int first, int count, Map<Lodging, Region.Part> movable) {
        PageBitmap bitmap = region.bitmap();
        BitSet ours = new BitSet();
        for (int page = first; page < first + count; page++) {
            if (!bitmap.isTaken(page)) {
                bitmap.take(page, 1);
                ours.set(page);
            }
        }
        for (Map.Entry<Lodging, Region.Part> each : movable.entrySet()) {
            Region.Part part = each.getValue();
            boolean inTheWay = part.first() < first + count && part.first() + part.count() > first;
            if (inTheWay && !move(each.getKey(), part, first, count, ours)) {
                ours.stream().forEach(page -> bitmap.giveBack(page, 1));
                return each.getKey();
            }
        }
        return null;
    }

    private boolean move(Lodging lodger, Region.Part part, int first, int count, BitSet ours) {
        Lodging.Home next;
        try {
            next = settle(part.count());
            if (next == null) {
                next = new Lodging.Home(region.backing.give(lodger.size, lodger.toString()), null);
            }
        } catch (IOException noRoomAnywhere) {
            return false;
        }
        if (!lodger.moveTo(next)) {
            refuse(next);
            return false;
        }
        moves++;
        movedBytes += lodger.size;
        region.zero(part.pages());
        region.vacated();
        for (int page = part.first(); page < part.first() + part.count(); page++) {
            if (page >= first && page < first + count) {
                ours.set(page);
            } else {
                region.bitmap().giveBack(page, 1);
            }
        }
        return true;
    }

    private void refuse(Lodging.Home unused) {
        if (unused.part() == null) {
            unused.pages().close();
        } else {
            region.putBack(unused.part());
        }
    }
}
