package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceCallback;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** Two threads add the first callback: signalling is enabled once, and both callbacks run. */
@JCStressTest
@Outcome(id = "true, true, 1, 2", expect = Expect.ACCEPTABLE, desc = "Enabled once, run both.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The hook ran twice or never, or a callback was lost.")
@State
public class TwoAddersEnableOnce {
    private final PolledFence fence = new PolledFence(false);
    private int runs;

    @Actor
    public void one(LLLL_Result result) {
        result.r1 = fence.addCallback(FenceCallback.of(_ -> runs++));
    }

    @Actor
    public void other(LLLL_Result result) {
        result.r2 = fence.addCallback(FenceCallback.of(_ -> runs++));
    }

    @Arbiter
    public void afterwards(LLLL_Result result) {
        fence.fail(Errno.EIO, 11);
        result.r3 = fence.enabled.get();
        result.r4 = runs;
    }
}
