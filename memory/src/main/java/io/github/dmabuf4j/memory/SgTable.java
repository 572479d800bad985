package io.github.dmabuf4j.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    private final SgEntry[] entries;
    private final long size;

    private SgTable(SgEntry[] entries, long size) {
        this.entries = entries;
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
        return entries.length;
    }

    /**
     * An entry.
     *
     * @param index which, from 0
     * @return the entry
     * @throws IndexOutOfBoundsException if there is none
     */
    public SgEntry entry(int index) {
        return entries[index];
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
            held += entries[count].length();
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
        checkReachable(0, size);
        for (SgEntry entry : entries) {
            if (entry instanceof SgEntry.Memory memory) {
                long at = memory.offset();
                long end = at + memory.length();
                while (at < end) {
                    long next = Math.min(end, (at & -pageSize) + pageSize);
                    visitor.visit(memory.pages(), at, next - at);
                    at = next;
                }
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
        return walk(
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
        return walk(
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
        return walk(skip, length, true, (piece, done) -> piece.fill((byte) 0));
    }

    private interface PieceAction {
        void apply(MemorySegment piece, long done);
    }

    private long walk(long skip, long length, boolean write, PieceAction action) {
        if (skip < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "neither " + length + " bytes nor a skip of " + skip + " may be negative");
        }
        if (skip >= size) {
            return 0;
        }
        long wanted = Math.min(length, size - skip);
        checkReachable(skip, wanted);
        long done = 0;
        long position = 0;
        for (int i = 0; done < wanted; position += entries[i].length(), i++) {
            long from = Math.max(0, skip - position);
            if (from < entries[i].length() && entries[i] instanceof SgEntry.Memory memory) {
                long part = Math.min(memory.length() - from, wanted - done);
                try (Arena lease = Arena.ofConfined()) {
                    MemorySegment all = memory.pages().lease(lease, write);
                    action.apply(all.asSlice(memory.offset() + from, part), done);
                }
                done += part;
            }
        }
        return done;
    }

    private void checkReachable(long skip, long length) {
        long position = 0;
        for (SgEntry entry : entries) {
            if (position >= skip + length) {
                return;
            }
            position += entry.length();
            if (position > skip && entry instanceof SgEntry.Resource resource) {
                throw new BareAddressException(resource);
            }
        }
    }

    @Override
    public String toString() {
        return "scatter table of " + size + " bytes in " + entries.length + " entries";
    }

    /** Builds a {@link SgTable} piece by piece. For one thread. */
    public static final class Builder {
        private final long maxSegment;
        private final long pageSize;
        private final List<SgEntry> entries = new ArrayList<>();
        private long size;

        // The entry that may still grow: memory if pages are set, else a resource if an address is, else none.
        private @Nullable Pages pages;
        private @Nullable DmaAddress address;
        private long offset;
        private long length;

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
            return addMemory(range.pages(), range.offset(), range.length());
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
            for (long number : numbers) {
                if (number < 0 || number >= runPages) {
                    throw new IllegalArgumentException("the run has " + runPages + " pages, but not number " + number);
                }
            }
            checkTotal(bytes);
            long left = bytes;
            long from = skip;
            for (int i = 0; left > 0; i++) {
                long part = Math.min(pageSize - from, left);
                addMemory(memory, numbers[i] * pageSize + from, part);
                left -= part;
                from = 0;
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
            boolean grows = address != null
                    && address.domain() == start.domain()
                    && address.value() + length == start.value()
                    && start.value() != 0 // or it would follow the last address by wrapping around
                    && length < maxSegment;
            if (!grows) {
                flush();
                address = start;
            }
            grow(resource.length());
            return this;
        }

        @SuppressWarnings("ReferenceEquality") // the very same run, not one that is equal
        private Builder addMemory(Pages memory, long start, long bytes) {
            boolean grows = pages == memory && offset + length == start && length < maxSegment;
            if (!grows) {
                flush();
                pages = memory;
                offset = start;
            }
            grow(bytes);
            return this;
        }

        private void checkTotal(long bytes) {
            if (bytes > Long.MAX_VALUE - size) {
                throw new IllegalArgumentException(bytes + " bytes more are too many for a table of " + size);
            }
        }

        private void grow(long bytes) {
            size += bytes;
            length += bytes;
            while (length > maxSegment) {
                long rest = length - maxSegment;
                Pages sameRun = pages;
                DmaAddress next = address == null ? null : address.plus(maxSegment);
                long nextOffset = offset + maxSegment;
                length = maxSegment;
                flush();
                pages = sameRun;
                address = next;
                offset = nextOffset;
                length = rest;
            }
        }

        private void flush() {
            if (pages != null) {
                entries.add(new SgEntry.Memory(pages, offset, length));
            } else if (address != null) {
                entries.add(new SgEntry.Resource(address, length));
            }
            pages = null;
            address = null;
            length = 0;
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
            int last = entries.size();
            Pages openPages = pages;
            DmaAddress openAddress = address;
            long openLength = length;
            flush();
            SgTable table = new SgTable(entries.toArray(new SgEntry[0]), size);
            // What was flushed may still grow in the next table.
            while (entries.size() > last) {
                entries.removeLast();
            }
            pages = openPages;
            address = openAddress;
            length = openLength;
            return table;
        }
    }
}
