package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.SyncTimeline;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/** One thread asks for the fence of a point while another moves the timeline there. */
@JCStressTest
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "The fence is signalled, whoever came first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The point is reached, and its fence will never signal.")
@State
public class TimelineCreateAgainstIncrement {
    private final SyncTimeline timeline = SyncTimeline.create("race");

    @Actor
    public void mover() {
        timeline.increment(1);
    }

    @Actor
    public void creator(LI_Result result) {
        result.r1 = timeline.createPoint(1);
    }

    @Arbiter
    public void afterwards(LI_Result result) {
        result.r1 = result.r1 instanceof DmaFence point && point.isSignaled();
        result.r2 = timeline.pendingPoints();
    }
}
