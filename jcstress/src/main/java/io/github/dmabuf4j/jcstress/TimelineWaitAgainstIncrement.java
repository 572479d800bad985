package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.SyncTimeline;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** One thread goes to sleep for a point while another moves the timeline there. */
@JCStressTest
@Outcome(id = "SIGNALED", expect = Expect.ACCEPTABLE, desc = "Woken, or not asleep yet.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wake-up was lost.")
@State
public class TimelineWaitAgainstIncrement {
    private final SyncTimeline timeline = SyncTimeline.create("race");

    @Actor
    public void mover() {
        timeline.signal(1);
    }

    @Actor
    public void waiter(L_Result result) {
        result.r1 = Fences.calmly(() -> timeline.awaitPoint(1, 60_000_000_000L));
    }
}
