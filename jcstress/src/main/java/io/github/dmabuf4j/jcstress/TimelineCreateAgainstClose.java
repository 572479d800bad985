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

/** One thread asks for the fence of a point while another closes the timeline. */
@JCStressTest
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "Made before the end, and failed by it.")
@Outcome(id = "refused, 0", expect = Expect.ACCEPTABLE, desc = "The end came first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A fence of a closed timeline is left for ever unsignalled.")
@State
public class TimelineCreateAgainstClose {
    private final SyncTimeline timeline = SyncTimeline.create("race");

    @Actor
    public void closer() {
        timeline.close();
    }

    @Actor
    public void creator(LI_Result result) {
        try {
            result.r1 = timeline.createPoint(1);
        } catch (IllegalStateException closed) {
            result.r1 = "refused";
        }
    }

    @Arbiter
    public void afterwards(LI_Result result) {
        if (result.r1 instanceof DmaFence point) {
            result.r1 = point.isSignaled() ? Fences.error(point) : "active";
        }
        result.r2 = timeline.pendingPoints();
    }
}
