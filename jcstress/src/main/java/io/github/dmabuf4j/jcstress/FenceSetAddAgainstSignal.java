package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.FenceSet;
import io.github.dmabuf4j.fence.UserFence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** One thread puts a fence into a set while another signals it. */
@JCStressTest
@Outcome(id = "true, false, 0", expect = Expect.ACCEPTABLE, desc = "Handed out once.")
@Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "The fence is signalled, and the set does not know.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A fence is handed out once and leaves the set with that.")
@State
public class FenceSetAddAgainstSignal {
    private final UserFence fence = Fences.newFence();
    private final FenceSet set = new FenceSet();

    @Actor
    public void signaller() {
        fence.signal();
    }

    @Actor
    public void adder() {
        set.add(fence);
    }

    @Arbiter
    public void afterwards(ZZI_Result result) {
        result.r1 = set.poll() == fence;
        result.r2 = set.poll() != null;
        result.r3 = set.size();
        set.close();
    }
}
