package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceUnwrap;
import io.github.dmabuf4j.fence.SyncObj;
import io.github.dmabuf4j.fence.UserFence;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JII_Result;

/** Two threads add a point each to a sync object while somebody waits for the second. */
@JCStressTest
@Outcome(id = "2, 2, 1", expect = Expect.ACCEPTABLE, desc = "Both points are there, and the waiter was told once.")
@Outcome(id = "2, 1, .*", expect = Expect.FORBIDDEN, desc = "A point was overwritten: its fence is waited for no more.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The timeline ends with its highest point, and tells its waiter once.")
@State
public class SyncObjTwoPoints {
    private final SyncObj object = SyncObj.create();
    private final UserFence one = Fences.newFenceAlone();
    private final UserFence other = Fences.newFenceAlone();
    private final AtomicInteger told = new AtomicInteger();

    public SyncObjTwoPoints() {
        object.onAvailable(2, told::incrementAndGet);
    }

    @Actor
    public void first() {
        object.addPoint(1, one);
    }

    @Actor
    public void second() {
        object.addPoint(2, other);
    }

    @Arbiter
    public void afterwards(JII_Result result) {
        DmaFence held = object.fence();
        result.r1 = object.lastSubmitted();
        result.r2 = held == null ? 0 : FenceUnwrap.leaves(held).size();
        result.r3 = told.get();
    }
}
