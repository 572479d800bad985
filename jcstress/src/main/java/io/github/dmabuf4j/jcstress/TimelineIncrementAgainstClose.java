package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.SyncTimeline;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** One thread moves a timeline to its pending point while another closes it. */
@JCStressTest
@Outcome(id = "true, ok, SIGNALED, 1", expect = Expect.ACCEPTABLE, desc = "The point was reached before the end.")
@Outcome(id = "false, 2, FAILED, 1", expect = Expect.ACCEPTABLE, desc = "The end came first; moving was refused.")
@Outcome(id = "true, 2, .*", expect = Expect.FORBIDDEN, desc = "The timeline moved, and the point failed all the same.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The point ends once, and the timeline says the same as its fence.")
@State
public class TimelineIncrementAgainstClose {
    private final SyncTimeline timeline = SyncTimeline.create("race");
    private final DmaFence point = timeline.createPoint(1);
    private final AtomicInteger runs = new AtomicInteger();

    public TimelineIncrementAgainstClose() {
        point.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Actor
    public void mover(LLLL_Result result) {
        try {
            timeline.increment(1);
            result.r1 = true;
        } catch (IllegalStateException closed) {
            result.r1 = false;
        }
    }

    @Actor
    public void closer() {
        timeline.close();
    }

    @Arbiter
    public void afterwards(LLLL_Result result) {
        result.r2 = point.isSignaled() ? Fences.error(point) : "active";
        result.r3 = timeline.status(1);
        result.r4 = runs.get();
    }
}
