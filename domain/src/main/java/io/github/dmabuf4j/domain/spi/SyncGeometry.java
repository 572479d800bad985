package io.github.dmabuf4j.domain.spi;

/**
 * Where things lie in a sync page, in lines of 64 bytes. Line 0 is the page's header.
 *
 * <p>It travels in HELLO. A domain that serves several peers with one page tells each of them another interest line and
 * otherwise the same.
 *
 * @param lines how many lines the page has
 * @param firstTimeline the line of timeline 0; the others follow
 * @param timelines how many timelines there are
 * @param ringTimeline the number of the timeline that publishes the ring's records
 * @param ringLine the line of the first record of the ring
 * @param ringEntries how many records the ring has, a power of two; 0: the owner hands nothing over
 * @param interestLine the first of the lines in which the owner announces what it waits for on the receiver's timelines:
 *     line {@code interestLine + i} for timeline {@code i}
 * @param interestLines how many of the receiver's timelines, from 0 on, the owner can wait for
 */
public record SyncGeometry(
        int lines,
        int firstTimeline,
        int timelines,
        int ringTimeline,
        int ringLine,
        int ringEntries,
        int interestLine,
        int interestLines) {
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
        requireCount("timelines", timelines, 1, MAX_TIMELINES);
        requireCount("interest lines", interestLines, 1, MAX_TIMELINES);
        requireCount("ring entries", ringEntries, 0, MAX_RING_ENTRIES);
        if (Integer.bitCount(ringEntries) > 1) {
            throw new IllegalArgumentException("a ring has a power of two entries, not " + ringEntries);
        }
        if (ringTimeline < 0 || ringTimeline >= timelines) {
            throw new IllegalArgumentException(
                    "timeline " + ringTimeline + " cannot publish the ring: there are " + timelines + " timelines");
        }
        requireInside("the timelines", firstTimeline, timelines, lines);
        requireInside("the interest", interestLine, interestLines, lines);
        requireApart("the timelines and the interest", firstTimeline, timelines, interestLine, interestLines);
        if (ringEntries > 0) {
            requireInside("the ring", ringLine, ringEntries, lines);
            requireApart("the timelines and the ring", firstTimeline, timelines, ringLine, ringEntries);
            requireApart("the ring and the interest", ringLine, ringEntries, interestLine, interestLines);
        }
    }

    /**
     * The same page as another peer is told about it.
     *
     * @param interestLine the first line of the interest in that peer's timelines
     * @return the geometry
     */
    public SyncGeometry withInterestLine(int interestLine) {
        return new SyncGeometry(
                lines, firstTimeline, timelines, ringTimeline, ringLine, ringEntries, interestLine, interestLines);
    }

    /**
     * The size of the page.
     *
     * @return bytes
     */
    public long bytes() {
        return (long) lines * LINE_BYTES;
    }

    private static void requireCount(String what, int count, int least, int most) {
        if (count < least || count > most) {
            throw new IllegalArgumentException(
                    "a sync page has " + least + " to " + most + " " + what + ", not " + count);
        }
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
