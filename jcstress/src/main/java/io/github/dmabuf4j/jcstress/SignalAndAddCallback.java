package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** One thread signals while another adds a callback. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "Queued before the signal: it ran once.")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "Too late: refused, and never run.")
@Outcome(
        id = "true, 0",
        expect = Expect.FORBIDDEN,
        desc = "Accepted and never run: whoever waits for it waits for ever.")
@Outcome(id = "false, 1", expect = Expect.FORBIDDEN, desc = "Refused and run all the same.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A callback runs at most once.")
@State
public class SignalAndAddCallback {
    private final UserFence fence = Fences.newFence();
    private int runs;

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void adder(ZI_Result result) {
        result.r1 = fence.addCallback(FenceCallback.of(_ -> runs++));
    }

    @Arbiter
    public void afterwards(ZI_Result result) {
        result.r2 = runs;
    }
}
