package io.github.dmabuf4j.domain.ring;

import io.github.dmabuf4j.domain.wire.RingDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The words of a record, little-endian on every machine. */
final class RingWords {
    /** They are aligned, and checking that for every word costs more than the access. */
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static final VarHandle U64_ORDERED =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    /** The two words at {@link RingDescriptor#HANDOVER_TIMELINE} as one. */
    static long timelineAndFlags(int timeline, int flags) {
        return Integer.toUnsignedLong(timeline) | (long) flags << 32;
    }

    static int timeline(long timelineAndFlags) {
        return (int) timelineAndFlags;
    }

    static int flags(long timelineAndFlags) {
        return (int) (timelineAndFlags >>> 32);
    }

    private RingWords() {}
}
