package io.github.dmabuf4j.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A scatter-gather table: the pieces of a buffer in order, as the CPU side sees them. Immutable, for any thread.
 *
 * <p>What a device sees is another type, {@link DmaTable}: the classic mistake of taking one count for the other cannot
 * be written. A table does not own the pages in it; whoever uses it keeps them open.
 *
 * <p>Pieces that are {@linkplain SgEntry.Resource bare addresses} are refused, before anything is done, by all that
 * would touch bytes or pages.
 *
 * @see <a href="https://docs.kernel.org/core-api/dma-api-howto.html">struct sg_table and the DMA API</a>
 */
public final class SgTable {
    // Entry i is starts[i] and lengths[i] in where[i]: an offset in Pages, or an address in a DmaDomain. A million
    // entries are three arrays, not a million objects.
    private final Object[] where;
    private final long[] starts;
    private final long[] lengths;
    private final long size;

    private SgTable(Object[] where, long[] starts, long[] lengths, long size) {
        this.where = where;
        this.starts = starts;
        this.lengths = lengths;
        this.size = size;
    }

    /** Takes each page of a table in turn. */
    @FunctionalInterface
    public interface PageVisitor {
        /**
         * Visits the part of a page that belongs to the table.
         *
         * @param pages the run that has the page
         * @param offset where the part begins in the run, in bytes
         * @param length its length, at most a page
         */
        void visit(Pages pages, long offset, long length);
    }

    /**
     * Builds a table; neighbours become one entry.
     *
     * @param maxSegment the longest entry in bytes; rounded down to whole pages
     * @param pageSize bytes, a power of two
     * @return a builder
     * @throws IllegalArgumentException if not even a page fits into an entry
     */
    public static Builder builder(long maxSegment, long pageSize) {
        return new Builder(maxSegment, pageSize);
    }

    /**
     * How many entries the CPU side has ({@code orig_nents}).
     *
     * @return the number
     */
    public int entries() {
        return where.length;
    }

    /**
     * An entry.
     *
     * @param index which, from 0
     * @return the entry
     * @throws IndexOutOfBoundsException if there is none
     */
    public SgEntry entry(int index) {
        return where[index] instanceof Pages pages
                ? new SgEntry.Memory(pages, starts[index], lengths[index])
                : resource(index);
    }

    /**
     * The length of an entry; allocates nothing.
     *
     * @param index which, from 0
     * @return bytes
     * @throws IndexOutOfBoundsException if there is none
     */
    public long length(int index) {
        return lengths[index];
    }

    boolean isMemory(int index) {
        return where[index] instanceof Pages;
    }

    /** The run of an entry that has one. */
    Pages pages(int index) {
        return (Pages) where[index];
    }

    /** Where an entry begins in its run. */
    long start(int index) {
        return starts[index];
    }

    SgEntry.Resource resource(int index) {
        return new SgEntry.Resource(new DmaAddress((DmaDomain) where[index], starts[index]), lengths[index]);
    }

    /**
     * The length of all entries.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /**
     * How many entries from the first on hold a number of bytes.
     *
     * @param length bytes
     * @return the number of entries, 0 for nothing
     * @throws IllegalArgumentException if the length is negative or the table is shorter
     * @see <a href="https://docs.kernel.org/core-api/kernel-api.html">sg_nents_for_len</a>
     */
    public int entriesFor(long length) {
        if (length < 0 || length > size) {
            throw new IllegalArgumentException("the table has " + size + " bytes, not " + length);
        }
        int count = 0;
        for (long held = 0; held < length; count++) {
            held += lengths[count];
        }
        return count;
    }

    /**
     * Visits every page, in order.
     *
     * @param pageSize bytes, a power of two
     * @param visitor is given each page
     * @throws BareAddressException if an entry has no pages; nothing was visited
     */
    public void forEachPage(long pageSize, PageVisitor visitor) {
        SgWalk.checkReachable(this, 0, size);
        for (int i = 0; i < where.length; i++) {
            Pages pages = (Pages) where[i];
            long at = starts[i];
            long end = at + lengths[i];
            while (at < end) {
                long next = Math.min(end, (at & -pageSize) + pageSize);
                visitor.visit(pages, at, next - at);
                at = next;
            }
        }
    }

    /**
     * Copies bytes out of the table.
     *
     * @param target where to; its size is how much is wanted
     * @param skip how many bytes of the table to leave out at first
     * @return how many bytes were copied, 0 if nothing is left behind what is skipped
     * @throws IllegalArgumentException if the skip is negative
     * @throws BareAddressException if a piece that would be read has no pages; nothing was copied
     */
    public long copyTo(MemorySegment target, long skip) {
        return SgWalk.over(
                this,
                skip,
                target.byteSize(),
                false,
                (piece, done) -> MemorySegment.copy(piece, 0, target, done, piece.byteSize()));
    }

    /**
     * Copies bytes into the table.
     *
     * @param source where from
     * @param skip how many bytes of the table to leave out at first
     * @return how many bytes were copied, fewer than the source has if the table ends
     * @throws IllegalArgumentException if the skip is negative, or a piece is read-only
     * @throws BareAddressException if a piece that would be written has no pages; nothing was copied
     */
    public long copyFrom(MemorySegment source, long skip) {
        return SgWalk.over(
                this,
                skip,
                source.byteSize(),
                true,
                (piece, done) -> MemorySegment.copy(source, done, piece, 0, piece.byteSize()));
    }

    /**
     * Overwrites bytes of the table with zero.
     *
     * @param skip how many bytes of the table to leave out at first
     * @param length how many to overwrite
     * @return how many were overwritten, fewer if the table ends
     * @throws IllegalArgumentException if a number is negative, or a piece is read-only
     * @throws BareAddressException if a piece that would be written has no pages; nothing was overwritten
     */
    public long zero(long skip, long length) {
        return SgWalk.over(this, skip, length, true, (piece, done) -> piece.fill((byte) 0));
    }

    @Override
    public String toString() {
        return "scatter table of " + size + " bytes in " + where.length + " entries";
    }

    /** Builds a {@link SgTable} piece by piece. For one thread. */
    public static final class Builder {
        private final long maxSegment;
        private final long pageSize;
        private Object[] where = new Object[16];
        private long[] starts = new long[16];
        private long[] lengths = new long[16];
        private int count;
        private long size;
        /** Whether a table has these arrays, so that they must not change any more. */
        private boolean lent;

        private Builder(long maxSegment, long pageSize) {
            if (Long.bitCount(pageSize) != 1 || pageSize < 0) {
                throw new IllegalArgumentException("a page size is a power of two, not " + pageSize);
            }
            if (maxSegment < pageSize) {
                throw new IllegalArgumentException(
                        "an entry of at most " + maxSegment + " bytes cannot hold a page of " + pageSize);
            }
            this.maxSegment = maxSegment & -pageSize;
            this.pageSize = pageSize;
        }

        /**
         * Adds a range of memory.
         *
         * @param range a range of a run of pages
         * @return this builder
         * @throws IllegalArgumentException if the table would be larger than 2<sup>63</sup> - 1 bytes
         */
        public Builder add(SgEntry.Memory range) {
            checkTotal(range.length());
            append(range.pages(), range.offset(), range.length());
            return this;
        }

        /**
         * Adds pages of a run by their numbers, such as frames of a machine's memory.
         *
         * @param memory the run
         * @param numbers the numbers of the pages in the run, in the order of the buffer
         * @param skip how many bytes of the first page to leave out; 0 when the table has entries already
         * @param bytes how many bytes there are behind that; the last page may be cut short
         * @return this builder
         * @throws IllegalArgumentException if the pages do not hold as many bytes, a page is outside the run, or bytes
         *     are left out in the middle of a table; nothing was added
         * @see <a href="https://docs.kernel.org/core-api/kernel-api.html">sg_alloc_append_table_from_pages</a>
         */
        public Builder addPages(Pages memory, long[] numbers, long skip, long bytes) {
            if (skip < 0 || skip >= pageSize || (skip > 0 && size > 0)) {
                throw new IllegalArgumentException("only the first page of a table is begun inside, not at " + skip);
            }
            if (bytes <= 0 || bytes > numbers.length * pageSize - skip) {
                throw new IllegalArgumentException(numbers.length + " pages do not hold " + bytes + " bytes");
            }
            long runPages = memory.size() / pageSize;
            int pieces = 0;
            long follower = -1;
            for (long number : numbers) {
                if (number < 0 || number >= runPages) {
                    throw new IllegalArgumentException("the run has " + runPages + " pages, but not number " + number);
                }
                pieces += number == follower ? 0 : 1;
                follower = number + 1;
            }
            checkTotal(bytes);
            reserve(pieces);
            long left = bytes;
            long from = skip;
            for (int i = 0; left > 0; ) {
                // Pages that follow each other are added at once.
                int next = i + 1;
                while (next < numbers.length && numbers[next] == numbers[next - 1] + 1) {
                    next++;
                }
                long part = Math.min((next - i) * pageSize - from, left);
                append(memory, numbers[i] * pageSize + from, part);
                left -= part;
                from = 0;
                i = next;
            }
            return this;
        }

        /**
         * Adds device memory without pages.
         *
         * @param resource where it is
         * @return this builder
         * @throws IllegalArgumentException if the table would be larger than 2<sup>63</sup> - 1 bytes
         */
        public Builder add(SgEntry.Resource resource) {
            checkTotal(resource.length());
            DmaAddress start = resource.address();
            append(start.domain(), start.value(), resource.length());
            return this;
        }

        private void checkTotal(long bytes) {
            if (bytes > Long.MAX_VALUE - size) {
                throw new IllegalArgumentException(bytes + " bytes more are too many for a table of " + size);
            }
        }

        @SuppressWarnings("ReferenceEquality") // the very same run, not one that is equal
        private void append(Object space, long start, long bytes) {
            if (lent) {
                copy(where.length);
            }
            size += bytes;
            long at = start;
            long left = bytes;
            while (left > 0) {
                int last = count - 1;
                boolean grows = count > 0
                        && where[last] == space
                        && starts[last] + lengths[last] == at
                        && at != 0 // or it would follow the last address by wrapping around
                        && lengths[last] < maxSegment;
                long part = Math.min(left, grows ? maxSegment - lengths[last] : maxSegment);
                if (grows) {
                    lengths[last] += part;
                } else {
                    appendEntry(space, at, part);
                }
                at += part;
                left -= part;
            }
        }

        private void appendEntry(Object space, long at, long part) {
            if (count == where.length) {
                copy(2 * count);
            }
            where[count] = space;
            starts[count] = at;
            lengths[count++] = part;
        }

        /** Makes room for so many entries more, so that large tables are not copied while they grow. */
        private void reserve(int pieces) {
            if (pieces > where.length - count && pieces <= Integer.MAX_VALUE - count) {
                copy(count + pieces);
            }
        }

        private void copy(int capacity) {
            where = Arrays.copyOf(where, capacity);
            starts = Arrays.copyOf(starts, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
            lent = false;
        }

        /**
         * Makes the table. The builder may go on; tables made before do not change.
         *
         * @return the table
         * @throws IllegalStateException if nothing was added
         */
        public SgTable build() {
            if (size == 0) {
                throw new IllegalStateException("a table has at least one byte: add something before");
            }
            if (count < where.length) {
                copy(count);
            }
            lent = true;
            return new SgTable(where, starts, lengths, size);
        }
    }
}
