package io.github.dmabuf4j.domain.spi;

/**
 * Where things lie in a sync page, in lines of 64 bytes. Line 0 is the page's header.
 *
 * <p>It travels in HELLO. A domain that serves several peers with one page tells each of them another interest line and
 * otherwise the same.
 *
 * @param lines how many lines the page has
 * @param firstTimeline the line of timeline 0, the ring's own timeline; the others follow
 * @param timelines how many timelines there are
 * @param ringLine the line of the first record of the ring
 * @param ringEntries how many records the ring has, a power of two
 * @param interestLine the first of the lines in which the owner announces what it waits for on the receiver's timelines:
 *     line {@code interestLine + i} for timeline {@code i}
 */
public record SyncGeometry(
        int lines, int firstTimeline, int timelines, int ringLine, int ringEntries, int interestLine) {
    /** The size of a line. */
    public static final int LINE_BYTES = 64;

    /** No page has more timelines than this, so that a waiter can reserve lines for its interest beforehand. */
    public static final int MAX_TIMELINES = 8;

    /** No page has more lines than this. */
    public static final int MAX_LINES = 65_536;

    /** No ring has more entries than this. */
    public static final int MAX_RING_ENTRIES = 4_096;

    /**
     * Checks that everything lies inside the page, behind its header and apart.
     *
     * @throws IllegalArgumentException if not; the sentence says what is wrong. For a peer's geometry this is a protocol
     *     violation
     */
    public SyncGeometry {
        if (lines < 1 || lines > MAX_LINES) {
            throw new IllegalArgumentException("a sync page has 1 to " + MAX_LINES + " lines, not " + lines);
        }
        if (timelines < 1 || timelines > MAX_TIMELINES) {
            throw new IllegalArgumentException(
                    "a sync page has 1 to " + MAX_TIMELINES + " timelines, not " + timelines);
        }
        if (ringEntries < 1 || ringEntries > MAX_RING_ENTRIES || Integer.bitCount(ringEntries) != 1) {
            throw new IllegalArgumentException(
                    "a ring has a power of two up to " + MAX_RING_ENTRIES + " entries, not " + ringEntries);
        }
        requireInside("the timelines", firstTimeline, timelines, lines);
        requireInside("the ring", ringLine, ringEntries, lines);
        requireInside("the interest", interestLine, MAX_TIMELINES, lines);
        requireApart("the timelines and the ring", firstTimeline, timelines, ringLine, ringEntries);
        requireApart("the timelines and the interest", firstTimeline, timelines, interestLine, MAX_TIMELINES);
        requireApart("the ring and the interest", ringLine, ringEntries, interestLine, MAX_TIMELINES);
    }

    /**
     * The same page as another peer is told about it.
     *
     * @param interestLine the first line of the interest in that peer's timelines
     * @return the geometry
     */
    public SyncGeometry withInterestLine(int interestLine) {
        return new SyncGeometry(lines, firstTimeline, timelines, ringLine, ringEntries, interestLine);
    }

    /**
     * The size of the page.
     *
     * @return bytes
     */
    public long bytes() {
        return (long) lines * LINE_BYTES;
    }

    private static void requireInside(String what, int first, int count, int lines) {
        if (first < 1 || first > lines - count) {
            throw new IllegalArgumentException(what + " at line " + first + " (" + count + " lines) must lie between"
                    + " line 1 and the end of a page of " + lines + " lines");
        }
    }

    private static void requireApart(String what, int first, int count, int otherFirst, int otherCount) {
        if (first < otherFirst + otherCount && otherFirst < first + count) {
            throw new IllegalArgumentException(what + " overlap at lines " + first + " and " + otherFirst);
        }
    }
}
