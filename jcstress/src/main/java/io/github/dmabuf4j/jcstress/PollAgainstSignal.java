package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIL_Result;

/** One thread polls a fence whose work is done while its producer reports a failure. */
@JCStressTest
@Outcome(id = "true, 1, 5", expect = Expect.ACCEPTABLE, desc = "The producer was first.")
@Outcome(id = "false, 1, ok", expect = Expect.ACCEPTABLE, desc = "The poll was first, and knew of no error.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The one that completed the fence decides its error, and it completes once.")
@State
public class PollAgainstSignal {
    private final PolledFence fence = new PolledFence(true);

    @Actor
    public void producer(ZIL_Result result) {
        result.r1 = fence.fail(Errno.EIO, 11);
    }

    @Actor
    public void poller() {
        fence.poll();
    }

    @Arbiter
    public void afterwards(ZIL_Result result) {
        result.r2 = fence.transitions.get();
        result.r3 = Fences.error(fence);
    }
}
