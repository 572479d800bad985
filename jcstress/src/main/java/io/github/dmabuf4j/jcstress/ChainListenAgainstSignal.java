package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIZ_Result;

/** Somebody begins to listen to a chain while the last of its fences signals. */
@JCStressTest
@Outcome(id = "true, 1, true", expect = Expect.ACCEPTABLE, desc = "Queued before the end: it ran once.")
@Outcome(id = "false, 0, true", expect = Expect.ACCEPTABLE, desc = "The chain was complete when it was armed.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The chain missed its last fence.")
@State
public class ChainListenAgainstSignal {
    private final Chains chain = new Chains();
    private final AtomicInteger runs = new AtomicInteger();

    public ChainListenAgainstSignal() {
        chain.signal(1);
        chain.signal(3);
    }

    @Actor
    public void signaller() {
        chain.signal(2);
    }

    @Actor
    public void listener(ZIZ_Result result) {
        result.r1 = chain.third.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Arbiter
    public void afterwards(ZIZ_Result result) {
        result.r2 = runs.get();
        result.r3 = chain.third.isSignaled();
    }
}
