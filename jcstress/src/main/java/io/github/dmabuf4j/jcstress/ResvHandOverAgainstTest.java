package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Work is added, and only then the work before it ends: at no time is the buffer idle. */
@JCStressTest
@Outcome(id = "false", expect = Expect.ACCEPTABLE, desc = "Never idle.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Somebody took the buffer for idle while work was going on.")
@State
public class ResvHandOverAgainstTest {
    private final UserFence before = Fences.newFenceAlone();
    private final DmaResv resv = new DmaResv();

    public ResvHandOverAgainstTest() {
        resv.importFence(before, FenceUsage.WRITE);
    }

    @Actor
    public void adder() {
        resv.importFence(Fences.newFenceAlone(), FenceUsage.WRITE);
        before.signal();
    }

    @Actor
    public void looker(Z_Result result) {
        result.r1 = resv.testSignaled(FenceUsage.READ);
    }
}
