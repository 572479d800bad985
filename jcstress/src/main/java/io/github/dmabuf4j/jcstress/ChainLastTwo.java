package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** The last two fences of a chain that somebody listens to signal at once, in either order. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "One of them completed the chain.")
@Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "All is done, and the chain was forgotten.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The chain completes once.")
@State
public class ChainLastTwo {
    private final Chains chain = new Chains();
    private final AtomicInteger runs = new AtomicInteger();

    public ChainLastTwo() {
        chain.signal(3);
        chain.third.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Actor
    public void older() {
        chain.signal(1);
    }

    @Actor
    public void newer() {
        chain.signal(2);
    }

    @Arbiter
    public void afterwards(ZI_Result result) {
        result.r1 = chain.third.isSignaled();
        result.r2 = runs.get();
    }
}
