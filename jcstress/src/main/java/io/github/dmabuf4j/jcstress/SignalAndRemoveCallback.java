package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/** One thread signals while another takes a callback back. */
@JCStressTest
@Outcome(id = "true, 0, 0", expect = Expect.ACCEPTABLE, desc = "Taken back in time: it never ran.")
@Outcome(id = "false, 1, 1", expect = Expect.ACCEPTABLE, desc = "Too late: it has run when remove returns.")
@Outcome(id = "true, .*", expect = Expect.FORBIDDEN, desc = "Taken back, and run all the same.")
@Outcome(id = "false, 0, .*", expect = Expect.FORBIDDEN, desc = "Remove came back before the callback was done.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A callback runs exactly once.")
@State
public class SignalAndRemoveCallback {
    private final UserFence fence = Fences.newFence();
    private int runs;
    private final FenceCallback callback = FenceCallback.of(_ -> runs++);

    public SignalAndRemoveCallback() {
        fence.addCallback(callback);
    }

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void remover(ZII_Result result) {
        result.r1 = fence.removeCallback(callback);
        result.r2 = runs;
    }

    @Arbiter
    public void afterwards(ZII_Result result) {
        result.r3 = runs;
    }
}
