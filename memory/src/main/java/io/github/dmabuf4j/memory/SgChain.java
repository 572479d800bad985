package io.github.dmabuf4j.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToLongFunction;

/**
 * A scatter table in the form that the kernel and many devices read: entries of {@value #ENTRY_BYTES} bytes in chunks of
 * a page, of which the last one in a full chunk is a link to the next chunk. Inside of this library tables are arrays,
 * and nothing is chained.
 *
 * <pre>
 *      0   link    u64   where the memory begins, a whole number of pages; 0 for a bare address.
 *                        Bit 0 (chain): the entry is a link, and this is the offset of the next chunk.
 *                        Bit 1 (end): the entry is the last one.
 *      8   offset  u32   where the piece begins behind that
 *     12   length  u32   its length in bytes
 *     16   address u64   for devices: a bare address, else 0
 *     24   length  u32   for devices: of a bare address, else 0
 *     28   flags   u32   0
 * </pre>
 *
 * <p>All numbers are little-endian.
 *
 * @see <a href="https://docs.kernel.org/core-api/kernel-api.html">sg_chain</a>
 */
public final class SgChain {
    /** The size of an entry. */
    public static final int ENTRY_BYTES = 32;
    /** How many entries a chunk has, the link among them. */
    public static final int CHUNK_ENTRIES = 128;

    private static final int CHUNK_BYTES = CHUNK_ENTRIES * ENTRY_BYTES;
    private static final long PAGE = 4096;
    private static final long LONGEST = (1L << 32) - PAGE;
    private static final long CHAIN = 1;
    private static final long END = 2;

    private SgChain() {}

    /** Takes each piece of a chain in turn. */
    @FunctionalInterface
    public interface EntryVisitor {
        /**
         * Visits a piece.
         *
         * @param address where it begins, as the CPU counts memory; as its device does for a bare address
         * @param length its length in bytes
         * @param bare whether it is a bare address
         */
        void visit(long address, long length, boolean bare);
    }

    /**
     * Writes a table.
     *
     * @param table the table
     * @param addresses where runs of pages are, a whole number of pages each
     * @return the chunks one after the other; the position is 0, the limit the end
     * @throws IllegalArgumentException if an entry is 4 GiB less a page long or longer, a run begins inside a page, or
     *     the table needs more than 2 GiB
     */
    public static ByteBuffer encode(SgTable table, ToLongFunction<Pages> addresses) {
        int entries = table.entries();
        // A chunk that is not the last one holds one less; the last one may be full.
        int chunks = Math.max(1, Math.ceilDiv(entries - 1, CHUNK_ENTRIES - 1));
        long bytes = (long) (entries + chunks - 1) * ENTRY_BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(table + " is too long to be chained in one piece");
        }
        ByteBuffer chain = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < entries; i++) {
            boolean last = i == entries - 1;
            if (!last && chain.position() % CHUNK_BYTES == CHUNK_BYTES - ENTRY_BYTES) {
                long next = (long) chain.position() + ENTRY_BYTES;
                put(chain, next | CHAIN, 0, 0, 0, 0);
            }
            long end = last ? END : 0;
            if (table.length(i) > LONGEST) {
                throw new IllegalArgumentException("an entry of " + table.length(i) + " bytes is longer than a chain"
                        + " can say: build the table with entries of at most " + LONGEST);
            }
            switch (table.entry(i)) {
                case SgEntry.Memory memory -> {
                    long run = addresses.applyAsLong(memory.pages());
                    if (run % PAGE != 0) {
                        throw new IllegalArgumentException("a run begins inside a page, at 0x" + Long.toHexString(run));
                    }
                    long at = run + memory.offset();
                    put(chain, (at & -PAGE) | end, at & (PAGE - 1), memory.length(), 0, 0);
                }
                case SgEntry.Resource bare ->
                    put(chain, end, 0, 0, bare.address().value(), bare.length());
            }
        }
        return chain.flip();
    }

    private static void put(ByteBuffer chain, long link, long offset, long length, long address, long bareLength) {
        chain.putLong(link);
        chain.putInt((int) offset);
        chain.putInt((int) length);
        chain.putLong(address);
        chain.putInt((int) bareLength);
        chain.putInt(0);
    }

    /**
     * Reads a chain, whoever wrote it: links are followed, and what leads nowhere is refused.
     *
     * @param chain the chunks; its position and limit do not change
     * @param visitor is given each piece
     * @throws IllegalArgumentException if a link does not lead forward to a chunk, an entry is empty, or there is no end;
     *     pieces before it were visited
     */
    public static void forEach(ByteBuffer chain, EntryVisitor visitor) {
        ByteBuffer bytes = chain.slice().order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + ENTRY_BYTES <= bytes.limit()) {
            long link = bytes.getLong(at);
            if ((link & CHAIN) != 0) {
                long next = link & ~(CHAIN | END);
                // Only forward, so that nobody can make a reader go round.
                if (next <= at || next > bytes.limit() - ENTRY_BYTES || next % ENTRY_BYTES != 0) {
                    throw new IllegalArgumentException(
                            "the link at " + at + " leads to " + next + ", where no chunk is");
                }
                at = (int) next;
                continue;
            }
            visit(bytes, at, link & ~(PAGE - 1), visitor);
            if ((link & END) != 0) {
                return;
            }
            at += ENTRY_BYTES;
        }
        throw new IllegalArgumentException("the chain of " + bytes.limit() + " bytes has no end mark");
    }

    private static void visit(ByteBuffer bytes, int at, long page, EntryVisitor visitor) {
        long length = Integer.toUnsignedLong(bytes.getInt(at + 12));
        long bareLength = Integer.toUnsignedLong(bytes.getInt(at + 24));
        if (length > 0 && bareLength == 0) {
            visitor.visit(page + Integer.toUnsignedLong(bytes.getInt(at + 8)), length, false);
        } else if (length == 0 && bareLength > 0) {
            visitor.visit(bytes.getLong(at + 16), bareLength, true);
        } else {
            throw new IllegalArgumentException("the entry at " + at + " is empty, or two things at once");
        }
    }
}
