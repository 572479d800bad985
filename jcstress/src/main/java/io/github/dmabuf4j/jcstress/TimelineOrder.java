package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.SyncTimeline;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** A timeline moves twice; an observer looks at the later point, then at the earlier one, then at the value. */
@JCStressTest
@Outcome(id = "false, false, [012]", expect = Expect.ACCEPTABLE, desc = "Not moved yet when the points were looked at.")
@Outcome(id = "false, true, [12]", expect = Expect.ACCEPTABLE, desc = "Moved once, or twice in the meantime.")
@Outcome(id = "true, true, 2", expect = Expect.ACCEPTABLE, desc = "Both points are reached.")
@Outcome(
        id = "true, false, .*",
        expect = Expect.FORBIDDEN,
        desc = "A later point was seen signalled before an earlier.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A point was seen signalled that the timeline has not reached.")
@State
public class TimelineOrder {
    private final SyncTimeline timeline = SyncTimeline.create("race");
    private final DmaFence first = timeline.createPoint(1);
    private final DmaFence second = timeline.createPoint(2);

    @Actor
    public void mover() {
        timeline.increment(1);
        timeline.increment(1);
    }

    @Actor
    public void observer(ZZJ_Result result) {
        result.r1 = second.isSignaled();
        result.r2 = first.isSignaled();
        result.r3 = timeline.value();
    }
}
