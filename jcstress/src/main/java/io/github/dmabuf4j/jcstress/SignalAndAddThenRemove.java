package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** One thread signals while another adds a callback and takes it back. */
@JCStressTest
@Outcome(id = "true, true, 0", expect = Expect.ACCEPTABLE, desc = "Queued and taken back before the signal.")
@Outcome(id = "true, false, 1", expect = Expect.ACCEPTABLE, desc = "Queued before the signal, which ran it.")
@Outcome(id = "false, false, 0", expect = Expect.ACCEPTABLE, desc = "The signal came first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Either the callback ran once, or it was refused or taken back.")
@State
public class SignalAndAddThenRemove {
    private final UserFence fence = Fences.newFence();
    private int runs;
    private final FenceCallback callback = FenceCallback.of(_ -> runs++);

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void adder(ZZI_Result result) {
        result.r1 = fence.addCallback(callback);
        result.r2 = fence.removeCallback(callback);
    }

    @Arbiter
    public void afterwards(ZZI_Result result) {
        result.r3 = runs;
    }
}
