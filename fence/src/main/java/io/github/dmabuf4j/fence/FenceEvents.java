package io.github.dmabuf4j.fence;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;
import org.jspecify.annotations.Nullable;

/**
 * What fences tell Flight Recorder: every wait above a threshold, and, when asked for, creations and completions, at a
 * limited rate, since such an event costs more than the fence. There is no event for the end of a fence: the garbage
 * collector has none to offer.
 */
final class FenceEvents {
    private FenceEvents() {}

    static void created(FenceContext context, long seqno) {
        Init event = new Init();
        if (event.isEnabled()) {
            event.context = context.id();
            event.seqno = seqno;
            event.commit();
        }
    }

    static void signaled(DmaFence fence) {
        Signaled event = new Signaled();
        if (event.isEnabled()) {
            event.context = fence.context();
            event.seqno = fence.seqno();
            event.error = number(fence.error());
            event.commit();
        }
    }

    static int number(@Nullable Errno error) {
        return error == null ? 0 : error.number();
    }

    /** A fence was made: the kernel's trace event dma_fence_init. */
    @Name("dmabuf4j.FenceInit")
    @Label("Fence Init")
    @Category({"dmabuf4j", "Fence"})
    @Description("A fence was made")
    @Enabled(false)
    @StackTrace(false)
    @Throttle("1000/s")
    static final class Init extends Event {
        @Label("Context")
        long context;

        @Label("Sequence Number")
        long seqno;
    }

    /** A fence was completed: the kernel's trace event dma_fence_signaled. */
    @Name("dmabuf4j.FenceSignaled")
    @Label("Fence Signaled")
    @Category({"dmabuf4j", "Fence"})
    @Description("A fence was completed")
    @Enabled(false)
    @StackTrace(false)
    @Throttle("1000/s")
    static final class Signaled extends Event {
        @Label("Context")
        long context;

        @Label("Sequence Number")
        long seqno;

        @Label("Error")
        int error;
    }

    /** A thread waited: the kernel's pair dma_fence_wait_start and dma_fence_wait_end. */
    @Name("dmabuf4j.FenceWait")
    @Label("Fence Wait")
    @Category({"dmabuf4j", "Fence"})
    @Description("A thread waited for a fence, or for the first of several")
    @Threshold("1 ms")
    static final class Wait extends Event {
        @Label("Driver")
        @Nullable String driver;

        @Label("Timeline")
        @Nullable String timeline;

        @Label("Context")
        long context;

        @Label("Sequence Number")
        long seqno;

        @Label("Fences")
        @Description("How many fences were waited for; the other fields are those of the first")
        int fences;

        @Label("Signaled")
        @Description("False if the time was over or the thread was interrupted")
        boolean signaled;

        void commitFor(DmaFence fence, int count, boolean ended) {
            end();
            if (shouldCommit()) {
                driver = fence.driverName();
                timeline = fence.timelineName();
                context = fence.context();
                seqno = fence.seqno();
                fences = count;
                signaled = ended;
                commit();
            }
        }
    }
}
