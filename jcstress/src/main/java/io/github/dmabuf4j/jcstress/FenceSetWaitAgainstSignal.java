package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceSet;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** One thread goes to sleep for a set while another signals a fence of it. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "Woken, or not asleep yet.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wake-up was lost.")
@State
public class FenceSetWaitAgainstSignal {
    private final UserFence fence = Fences.newFence();
    private final FenceSet set = new FenceSet();

    public FenceSetWaitAgainstSignal() {
        set.add(fence);
    }

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void waiter(Z_Result result) {
        result.r1 = Fences.calmly(() -> set.await(Duration.ofMinutes(1))) == fence;
    }
}
