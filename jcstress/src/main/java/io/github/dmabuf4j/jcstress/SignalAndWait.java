package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/** One thread signals while another goes to sleep for the fence. A lost wake-up shows as a test that hangs. */
@JCStressTest
@Outcome(id = "5@11, 42", expect = Expect.ACCEPTABLE, desc = "The wait ended and saw everything.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wait ended without the signal, or before its writes are visible.")
@State
public class SignalAndWait {
    private final UserFence fence = Fences.newFence();
    private int payload;

    @Actor
    public void signaller() {
        payload = 42;
        fence.fail(Errno.EIO, 11);
    }

    @Actor
    public void waiter(LI_Result result) {
        fence.awaitUninterruptibly();
        result.r1 = Fences.end(fence);
        result.r2 = payload;
    }
}
