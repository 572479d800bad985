package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two waits run out of time on a fence on which a third has left an entry. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The second has swept the entry of the first away.")
@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "The first was still waiting when the second came.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Entries are lost, or pile up.")
@State
public class TwoSweeps {
    private final UserFence fence = FenceContext.create("jcstress", "races").newFence();
    private int runs;

    public TwoSweeps() {
        fence.addCallback(FenceCallback.of(_ -> runs++));
        abandon();
    }

    private void abandon() {
        try {
            if (DmaFence.awaitAny(List.of(fence), Duration.ofNanos(1)) != null) {
                throw new AssertionError("nobody has signalled the fence");
            }
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    @Actor
    public void one() {
        abandon();
    }

    @Actor
    public void other() {
        abandon();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = fence.queuedCallbacks() - 1;
        fence.signal();
        result.r2 = runs;
    }
}
