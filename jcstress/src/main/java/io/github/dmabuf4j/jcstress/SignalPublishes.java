package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;

/** Whoever sees a fence signalled sees its error, its time, and what was written before. */
@JCStressTest
@Outcome(id = "active, 0", expect = Expect.ACCEPTABLE, desc = "Not signalled yet.")
@Outcome(id = "5@11, 42", expect = Expect.ACCEPTABLE, desc = "Signalled, with all that belongs to it.")
@Outcome(id = "5@11, 0", expect = Expect.FORBIDDEN, desc = "Signalled, but the work's result is not visible.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Signalled without its error or its time.")
@State
public class SignalPublishes {
    private final UserFence fence = Fences.newFence();
    private int payload;

    @Actor
    public void signaller() {
        payload = 42;
        fence.fail(Errno.EIO, 11);
    }

    @Actor
    public void observer(LI_Result result) {
        String end = Fences.end(fence);
        result.r1 = end;
        result.r2 = end.equals("active") ? 0 : payload;
    }
}
