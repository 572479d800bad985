package io.github.dmabuf4j.memory;

import java.util.BitSet;

/**
 * Which pages of a region are taken, a bit each, and where a run of free ones is.
 *
 * <p>Not safe for use by several threads.
 *
 * @see <a href="https://docs.kernel.org/core-api/genalloc.html">the kernel's genalloc</a>
 */
public final class PageBitmap {
    private final int pages;
    private final BitSet taken;
    private int free;

    private PageBitmap(PageBitmap other) {
        this.pages = other.pages;
        this.taken = (BitSet) other.taken.clone();
        this.free = other.free;
    }

    /**
     * Makes a bitmap of free pages.
     *
     * @param pages how many
     * @throws IllegalArgumentException if there is none
     */
    public PageBitmap(int pages) {
        if (pages <= 0) {
            throw new IllegalArgumentException("a region has at least one page, not " + pages);
        }
        this.pages = pages;
        this.taken = new BitSet(pages);
        this.free = pages;
    }

    /**
     * Finds the first run of free pages. Nothing is taken.
     *
     * @param count how many pages
     * @param align a power of two that the first page's number is a multiple of
     * @return the number of the first page, or -1 if there is no such run
     */
    public int find(int count, int align) {
        int first = 0;
        while (true) {
            first = align(taken.nextClearBit(first), align);
            if (count > pages - first) {
                return -1;
            }
            int blocked = taken.nextSetBit(first);
            if (blocked < 0 || blocked - first >= count) {
                return first;
            }
            first = blocked + 1;
        }
    }

    private static int align(int page, int align) {
        return (page + align - 1) & -align;
    }

    /**
     * Finds the last run of free pages. Nothing is taken.
     *
     * @param count how many pages
     * @return the number of the first page, or -1 if there is no such run
     */
    public int findLast(int count) {
        int end = taken.previousClearBit(pages - 1) + 1;
        while (end >= count) {
            int blocked = taken.previousSetBit(end - 1);
            if (end - 1 - blocked >= count) {
                return end - count;
            }
            end = taken.previousClearBit(blocked) + 1;
        }
        return -1;
    }

    /**
     * Whether a page is taken.
     *
     * @param page its number
     * @return false if it is free
     */
    public boolean isTaken(int page) {
        return taken.get(page);
    }

    /**
     * How many runs of free pages there are.
     *
     * @return the number
     */
    public int freeRuns() {
        int runs = 0;
        for (int from = taken.nextClearBit(0); from < pages; runs++) {
            int end = taken.nextSetBit(from);
            from = end < 0 ? pages : taken.nextClearBit(end);
        }
        return runs;
    }

    /**
     * Makes another bitmap that is like this one now, to try things out.
     *
     * @return the copy
     */
    public PageBitmap copy() {
        return new PageBitmap(this);
    }

    /**
     * Takes a run.
     *
     * @param first the number of its first page
     * @param count how many pages
     * @throws IllegalStateException if one of them is taken
     */
    public void take(int first, int count) {
        int blocked = taken.nextSetBit(first);
        if (blocked >= 0 && blocked < first + count) {
            throw new IllegalStateException("page " + blocked + " is taken");
        }
        taken.set(first, first + count);
        free -= count;
    }

    /**
     * Gives a run back.
     *
     * @param first the number of its first page
     * @param count how many pages
     * @throws IllegalStateException if one of them is free
     */
    public void giveBack(int first, int count) {
        int hole = taken.nextClearBit(first);
        if (hole < first + count) {
            throw new IllegalStateException("page " + hole + " is free: it was given back before");
        }
        taken.clear(first, first + count);
        free += count;
    }

    /**
     * How many pages are free.
     *
     * @return the count
     */
    public int free() {
        return free;
    }

    /**
     * How long the longest run of free pages is.
     *
     * @return pages
     */
    public int largestRun() {
        int largest = 0;
        for (int from = taken.nextClearBit(0); from < pages; ) {
            int end = taken.nextSetBit(from);
            if (end < 0) {
                end = pages;
            }
            largest = Math.max(largest, end - from);
            from = taken.nextClearBit(end);
        }
        return largest;
    }

    /**
     * How many pages there are.
     *
     * @return the count, free or taken
     */
    public int pages() {
        return pages;
    }
}
