package io.github.dmabuf4j.fence;

import java.time.Duration;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZIL_Result;

/**
 * One thread takes the callback behind an abandoned entry back while another one's wait sweeps that entry away and leaves
 * its own. In the package of fences, to count what is left.
 */
@JCStressTest
@Outcome(id = "true, 2, last", expect = Expect.ACCEPTABLE, desc = "Taken back; the wait's entry and a callback stay.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Sweeping and taking back have damaged the list.")
@State
public class SweepAgainstRemove {
    private final UserFence fence = FenceContext.create("jcstress", "races").newFence();
    private String runs = "";
    private final FenceCallback first = FenceCallback.of(_ -> runs += "first ");

    public SweepAgainstRemove() {
        fence.addCallback(first);
        fence.addCallback(FenceCallback.of(_ -> runs += "last"));
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
    public void remover(ZIL_Result result) {
        result.r1 = fence.removeCallback(first);
    }

    @Actor
    public void sweeper() {
        abandon();
    }

    @Arbiter
    public void afterwards(ZIL_Result result) {
        result.r2 = fence.queuedCallbacks();
        fence.signal();
        result.r3 = runs;
    }
}
