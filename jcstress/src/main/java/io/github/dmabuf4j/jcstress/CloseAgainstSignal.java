package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZL_Result;

/** One thread signals while another closes the fence, which cancels what is unsignalled. */
@JCStressTest
@Outcome(id = "true, ok", expect = Expect.ACCEPTABLE, desc = "The signal came first; closing changed nothing.")
@Outcome(id = "false, 125", expect = Expect.ACCEPTABLE, desc = "Cancelled; the signal came too late.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The one that completed the fence decides its error.")
@State
public class CloseAgainstSignal {
    private final UserFence fence = Fences.newFence();

    @Actor
    public void signaller(ZL_Result result) {
        result.r1 = fence.signal(11);
    }

    @Actor
    public void closer() {
        fence.close();
    }

    @Arbiter
    public void afterwards(ZL_Result result) {
        result.r2 = Fences.error(fence);
    }
}
