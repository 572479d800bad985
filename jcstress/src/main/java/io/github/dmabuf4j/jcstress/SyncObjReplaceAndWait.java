package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.SyncObj;
import io.github.dmabuf4j.fence.SyncObjWait;
import io.github.dmabuf4j.fence.SyncPoint;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** One thread goes to sleep for a fence that nobody has put in, another puts it in and signals it. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "The wait ended with the signal.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wake-up was lost.")
@State
public class SyncObjReplaceAndWait {
    private final SyncObj object = SyncObj.create();
    private final UserFence fence = Fences.newFence();

    @Actor
    public void replacer() {
        object.replaceFence(fence);
        fence.signal();
    }

    @Actor
    public void waiter(Z_Result result) {
        SyncObjWait wait = SyncObjWait.forAll(List.of(new SyncPoint(object, 0))).forSubmit();
        result.r1 = Fences.calmly(() -> wait.await(Duration.ofMinutes(1))).done();
    }
}
