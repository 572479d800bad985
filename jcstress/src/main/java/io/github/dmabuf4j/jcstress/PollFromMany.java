package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** Two threads poll a fence whose work is done. */
@JCStressTest
@Outcome(id = "true, true, 1, 1", expect = Expect.ACCEPTABLE, desc = "Both see it; one of them completed it.")
@Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "The work is done, and polling does not see it.")
@Outcome(id = "true, false, .*", expect = Expect.FORBIDDEN, desc = "The work is done, and polling does not see it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "However many poll, the fence completes once and its callback runs once.")
@State
public class PollFromMany {
    private final PolledFence fence = new PolledFence(true);
    private final AtomicInteger runs = new AtomicInteger();

    public PollFromMany() {
        fence.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Actor
    public void one(LLLL_Result result) {
        result.r1 = fence.poll();
    }

    @Actor
    public void other(LLLL_Result result) {
        result.r2 = fence.poll();
    }

    @Arbiter
    public void afterwards(LLLL_Result result) {
        result.r3 = fence.transitions.get();
        result.r4 = runs.get();
    }
}
