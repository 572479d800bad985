package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceCallback;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/** The first callback is added, which enables signalling, while the producer completes the fence. */
@JCStressTest
@Outcome(id = "true, 1, 1", expect = Expect.ACCEPTABLE, desc = "Enabled and queued before the end: it ran once.")
@Outcome(id = "false, 0, 0", expect = Expect.ACCEPTABLE, desc = "The end came first: nobody was bothered.")
@Outcome(id = "false, 1, 0", expect = Expect.ACCEPTABLE, desc = "Enabled, and the end came before it was queued.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A queued callback was lost, or one ran without being queued.")
@State
public class EnableAgainstSignal {
    private final PolledFence fence = new PolledFence(false);
    private int runs;

    @Actor
    public void producer() {
        fence.fail(Errno.EIO, 11);
    }

    @Actor
    public void adder(ZII_Result result) {
        result.r1 = fence.addCallback(FenceCallback.of(_ -> runs++));
    }

    @Arbiter
    public void afterwards(ZII_Result result) {
        result.r2 = fence.enabled.get();
        result.r3 = runs;
    }
}
