package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLI_Result;

/** Two threads complete a fence, each with its own error and time, and look at the result. */
@JCStressTest
@Outcome(id = "won 5@11, lost 5@11, 1", expect = Expect.ACCEPTABLE, desc = "The failure won, and both see it.")
@Outcome(id = "lost ok@22, won ok@22, 1", expect = Expect.ACCEPTABLE, desc = "The success won, and both see it.")
@Outcome(id = "won.*, won.*", expect = Expect.FORBIDDEN, desc = "Both believe that they completed the fence.")
@Outcome(
        expect = Expect.FORBIDDEN,
        desc = "Error and time are those of the one winner for everybody, and the callback runs once.")
@State
public class TwoSignallers {
    private final UserFence fence = Fences.newFence();
    private int runs;

    public TwoSignallers() {
        fence.addCallback(FenceCallback.of(_ -> runs++));
    }

    @Actor
    public void failing(LLI_Result result) {
        result.r1 = (fence.fail(Errno.EIO, 11) ? "won " : "lost ") + Fences.end(fence);
    }

    @Actor
    public void succeeding(LLI_Result result) {
        result.r2 = (fence.signal(22) ? "won " : "lost ") + Fences.end(fence);
    }

    @Arbiter
    public void afterwards(LLI_Result result) {
        result.r3 = runs;
    }
}
