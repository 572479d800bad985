package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** Whoever sees the error of a fence sees it signalled, with its time, and what was written before. */
@JCStressTest
@Outcome(id = "ok, false, 0, 0", expect = Expect.ACCEPTABLE, desc = "Not signalled yet.")
@Outcome(id = "5, true, 11, 42", expect = Expect.ACCEPTABLE, desc = "The error, with all that belongs to it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An error came out of a fence that does not look signalled as a whole.")
@State
public class ErrorPublishes {
    private final UserFence fence = Fences.newFence();
    private int payload;

    @Actor
    public void signaller() {
        payload = 42;
        fence.fail(Errno.EIO, 11);
    }

    @Actor
    public void observer(LLLL_Result result) {
        String error = Fences.error(fence);
        result.r1 = error;
        boolean seen = !error.equals("ok");
        result.r2 = seen && fence.isSignaled();
        result.r3 = seen ? fence.timestampNanos() : 0;
        result.r4 = seen ? payload : 0;
    }
}
