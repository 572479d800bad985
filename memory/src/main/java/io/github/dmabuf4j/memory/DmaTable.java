package io.github.dmabuf4j.memory;

import java.util.Arrays;

/**
 * What a device sees of a {@link SgTable}: segments of addresses in one {@link DmaDomain}. Immutable, for any thread.
 *
 * <p>It has as many segments as the mapping made of them, often fewer than the CPU side has entries
 * ({@code nents} and {@code orig_nents} of the kernel's {@code sg_table}, which are two types here).
 *
 * @see <a href="https://docs.kernel.org/core-api/dma-api-howto.html">struct sg_table and the DMA API</a>
 */
public final class DmaTable {
    private final DmaDomain domain;
    private final long[] addresses;
    private final long[] lengths;
    private final long size;

    private DmaTable(DmaDomain domain, long[] addresses, long[] lengths, long size) {
        this.domain = domain;
        this.addresses = addresses;
        this.lengths = lengths;
        this.size = size;
    }

    /**
     * Builds a table with a device's limits: neighbours become one segment, and no segment is longer or crosses a
     * boundary.
     *
     * @param domain where the addresses are valid
     * @param maxSegment the longest segment that the device takes, in bytes
     * @param boundary no segment lies on both sides of a multiple of it; a power of two, or 0 for none
     * @return a builder
     * @throws IllegalArgumentException if a limit is negative, or the boundary no power of two
     */
    public static Builder builder(DmaDomain domain, long maxSegment, long boundary) {
        return new Builder(domain, maxSegment, boundary);
    }

    /**
     * Where the addresses are valid.
     *
     * @return the domain
     */
    public DmaDomain domain() {
        return domain;
    }

    /**
     * How many segments the device side has ({@code nents}).
     *
     * @return the number
     */
    public int segments() {
        return addresses.length;
    }

    /**
     * Where a segment begins; allocates nothing.
     *
     * @param index which, from 0
     * @return the address in {@link #domain()}, unsigned
     * @throws IndexOutOfBoundsException if there is no such segment
     */
    public long address(int index) {
        return addresses[index];
    }

    /**
     * How long a segment is; allocates nothing.
     *
     * @param index which, from 0
     * @return bytes
     * @throws IndexOutOfBoundsException if there is no such segment
     */
    public long length(int index) {
        return lengths[index];
    }

    /**
     * The length of all segments.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /** Takes each page of a device's table in turn. */
    @FunctionalInterface
    public interface PageVisitor {
        /**
         * Visits the part of a page that belongs to the table.
         *
         * @param address where the part begins, in {@link DmaTable#domain()}, unsigned
         * @param length its length in bytes, at most a page
         */
        void visit(long address, long length);
    }

    /**
     * Visits every page of the device's addresses, in order; allocates nothing. These are other pages than those of
     * {@link SgTable#forEachPage}, and often not as many.
     *
     * @param pageSize bytes, a power of two
     * @param visitor is given each page
     * @throws IllegalArgumentException if the page size is no power of two
     * @see <a href="https://docs.kernel.org/core-api/kernel-api.html">for_each_sg_dma_page</a>
     */
    public void forEachPage(long pageSize, PageVisitor visitor) {
        if (Long.bitCount(pageSize) != 1 || pageSize < 0) {
            throw new IllegalArgumentException("a page size is a power of two, not " + pageSize);
        }
        for (int i = 0; i < addresses.length; i++) {
            long at = addresses[i];
            for (long left = lengths[i]; left > 0; ) {
                long part = Math.min(left, pageSize - (at & (pageSize - 1)));
                visitor.visit(at, part);
                at += part;
                left -= part;
            }
        }
    }

    /**
     * How many descriptors a device needs that takes a number of bytes with each.
     *
     * @param length bytes, at least 1
     * @return the number
     * @throws IllegalArgumentException if the length is not positive
     * @see <a href="https://docs.kernel.org/core-api/kernel-api.html">sg_nents_for_dma</a>
     */
    public long descriptorsOf(long length) {
        if (length <= 0) {
            throw new IllegalArgumentException("a descriptor takes at least one byte, not " + length);
        }
        long count = 0;
        for (long each : lengths) {
            count += Math.ceilDiv(each, length);
        }
        return count;
    }

    /**
     * The same addresses for a device with other limits.
     *
     * @param maxSegment the longest segment that the device takes, in bytes
     * @param boundary no segment lies on both sides of a multiple of it; a power of two, or 0 for none
     * @return a table within the limits
     * @throws IllegalArgumentException if a limit is negative, or the boundary no power of two
     */
    public DmaTable within(long maxSegment, long boundary) {
        Builder builder = builder(domain, maxSegment, boundary);
        for (int i = 0; i < addresses.length; i++) {
            builder.add(addresses[i], lengths[i]);
        }
        return builder.build();
    }

    @Override
    public String toString() {
        return "DMA table of " + size + " bytes in " + addresses.length + " segments in the " + domain;
    }

    /** Builds a {@link DmaTable} piece by piece. For one thread. */
    public static final class Builder {
        private final DmaDomain domain;
        private final long maxSegment;
        private final long boundary;
        private long[] addresses = new long[16];
        private long[] lengths = new long[16];
        private int count;
        private long size;

        private Builder(DmaDomain domain, long maxSegment, long boundary) {
            if (maxSegment <= 0) {
                throw new IllegalArgumentException("a segment has at least one byte, not " + maxSegment);
            }
            if (boundary < 0 || Long.bitCount(boundary) > 1) {
                throw new IllegalArgumentException("a boundary is a power of two, or 0 for none, not " + boundary);
            }
            this.domain = domain;
            this.maxSegment = maxSegment;
            this.boundary = boundary;
        }

        /**
         * Adds a range of addresses.
         *
         * @param start where it begins
         * @param length its length in bytes
         * @return this builder
         * @throws IllegalArgumentException if the address is of another domain, the range is empty or runs over the end,
         *     or the table would be larger than 2<sup>63</sup> - 1 bytes
         */
        public Builder add(DmaAddress start, long length) {
            if (start.domain() != domain) {
                throw new IllegalArgumentException(start + " means nothing in the " + domain);
            }
            return add(start.value(), length);
        }

        private Builder add(long start, long length) {
            if (length <= 0 || Long.compareUnsigned(start + (length - 1), start) < 0) {
                throw new IllegalArgumentException(
                        "a segment of " + length + " bytes at 0x" + Long.toHexString(start) + " is not possible");
            }
            if (length > Long.MAX_VALUE - size) {
                throw new IllegalArgumentException(length + " bytes more are too many for a table of " + size);
            }
            size += length;
            long at = start;
            long left = length;
            while (left > 0) {
                int last = count - 1;
                boolean grows = count > 0
                        && addresses[last] + lengths[last] == at
                        && lengths[last] < maxSegment
                        && !isBoundary(at);
                long room = grows ? maxSegment - lengths[last] : maxSegment;
                long part = Math.min(left, Math.min(room, toBoundary(at)));
                if (grows) {
                    lengths[last] += part;
                } else {
                    append(at, part);
                }
                at += part;
                left -= part;
            }
            return this;
        }

        private boolean isBoundary(long at) {
            // Address 0 follows the last one only by wrapping around.
            return at == 0 || (boundary > 0 && (at & (boundary - 1)) == 0);
        }

        private long toBoundary(long at) {
            return boundary == 0 ? Long.MAX_VALUE : boundary - (at & (boundary - 1));
        }

        private void append(long at, long part) {
            if (count == addresses.length) {
                addresses = Arrays.copyOf(addresses, 2 * count);
                lengths = Arrays.copyOf(lengths, 2 * count);
            }
            addresses[count] = at;
            lengths[count++] = part;
        }

        /**
         * Makes the table.
         *
         * @return the table
         * @throws IllegalStateException if nothing was added
         */
        public DmaTable build() {
            if (count == 0) {
                throw new IllegalStateException("a table has at least one byte: add something before");
            }
            return new DmaTable(domain, Arrays.copyOf(addresses, count), Arrays.copyOf(lengths, count), size);
        }
    }
}
