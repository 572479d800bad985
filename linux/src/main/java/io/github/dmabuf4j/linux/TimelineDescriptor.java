package io.github.dmabuf4j.linux;

/**
 * Where things lie in a page set that carries timelines to another process.
 *
 * <p>A page set is a memory file that its owner maps for writing and everybody else can only read. It consists of lines
 * of 64 bytes, so that words which are written independently never share a cache line. Line 0 is the header; which of
 * the others are timelines, interest or anything else, the two sides agree on elsewhere.
 *
 * <pre>
 *              0       4       8       12      16      20      24      28      32      40 ... 63
 *             ┌───────┬───────┬───────┬───────┬───────┬───────────────────────────────────────┐
 *  header     │ magic │version│ lines │ epoch │doorbell                 0                    │
 *             ├───────┴───────┼───────┴───────┼───────┴───────┬───────┬───────┬───────┬───────┤
 *  timeline   │     value     │   timestamp   │ first failed  │ error │ epoch │deadline│  0   │
 *             ├───────┬───────┼───────────────┼───────────────┼───────┴───────┴───────┴───────┤
 *  interest   │waiters│ dis-  │    lowest     │  dispatcher   │               0               │
 *             │       │patched│               │               │                               │
 *             └───────┴───────┴───────────────┴───────────────┴───────────────────────────────┘
 * </pre>
 *
 * <p>All numbers are little-endian. The page set is written by its owner's process alone; nobody ever does a
 * read-modify-write on a word that another process writes:
 *
 * <pre>
 *   to signal (owner)                               to wait for point p (any other process)
 *   1. write error and first failed, if any,        1. in one's own page: lowest := min(lowest, p), waiters + 1
 *      and the timestamp                            2. full fence
 *   2. store the value (release)                    3. read the value (acquire); enough: go to 5
 *   3. full fence                                   4. sleep on the low half of the value as long as it is what
 *   4. read every watcher's interest                   was read; go to 3
 *   5. waiters &gt; 0 and lowest &lt;= value: wake        5. in one's own page: take the interest back
 *      dispatcher != 0 and &lt;= value: doorbell + 1,
 *      wake those who sleep on the doorbell
 * </pre>
 *
 * <p>Without both full fences the signaller can miss the interest while the waiter misses the value, and the wake-up is
 * lost. (On a write-combined mapping a full fence would also be needed before the store of the value; memory files are
 * never mapped so.)
 *
 * <p>A failure is terminal: the owner writes error and first failed, and stores first failed as the last value, so that
 * the word that others sleep on changes.
 */
public final class TimelineDescriptor {
    /** The size of a line, in bytes. */
    public static final int LINE_BYTES = 64;

    /** What the first word of a page set says: {@code XBPS} in memory order. */
    public static final int MAGIC = 0x53504258;

    /** The version of this layout. */
    public static final int VERSION = 1;

    /** No page set has more lines than this. */
    public static final int MAX_LINES = 65_536;

    /** Header: {@link #MAGIC}, 32 bits. */
    public static final long MAGIC_OFFSET = 0;

    /** Header: {@link #VERSION}, 32 bits. */
    public static final long VERSION_OFFSET = 4;

    /** Header: how many lines there are, 32 bits. */
    public static final long LINES_OFFSET = 8;

    /** Header: the owner's incarnation, 32 bits, never 0. */
    public static final long HEADER_EPOCH_OFFSET = 12;

    /** Header: a 32-bit futex word that counts up when a point is reached that a dispatcher waits for. */
    public static final long DOORBELL_OFFSET = 16;

    /** Timeline: the value, 64 bits; its low half is a futex word. */
    public static final long VALUE_OFFSET = 0;

    /** Timeline: when the value was stored, CLOCK_MONOTONIC nanoseconds, 64 bits; 0 if the owner did not say. */
    public static final long TIMESTAMP_OFFSET = 8;

    /** Timeline: the first point that failed, 64 bits; 0 while the timeline is sound. */
    public static final long FIRST_FAILED_OFFSET = 16;

    /** Timeline: the positive error number of the failed points, 32 bits; 0 while the timeline is sound. */
    public static final long ERROR_OFFSET = 24;

    /** Timeline: the owner's incarnation, 32 bits. */
    public static final long EPOCH_OFFSET = 28;

    /** Timeline: how many nanoseconds after the last step the next one comes, 64 bits; 0 for no promise. */
    public static final long DEADLINE_OFFSET = 32;

    /** Interest: how many threads sleep on the value, 32 bits. */
    public static final long WAITERS_OFFSET = 0;

    /** Interest: 1 while the dispatcher's point is not 0, 32 bits; read together with the waiters, as one word. */
    public static final long DISPATCHED_OFFSET = 4;

    /** Interest: the lowest point any of them waits for, 64 bits; valid while there are waiters. */
    public static final long LOWEST_OFFSET = 8;

    /** Interest: the lowest point a dispatcher waits for on the doorbell, 64 bits; 0 for none. */
    public static final long DISPATCHER_OFFSET = 16;

    private TimelineDescriptor() {}

    static void requireLine(int line, int lines) {
        if (line < 1 || line >= lines) {
            throw new IllegalArgumentException(
                    "line " + line + " does not lie behind the header in a page set of " + lines + " lines");
        }
    }
}
