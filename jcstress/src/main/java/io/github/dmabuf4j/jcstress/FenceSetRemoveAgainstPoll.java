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

/** One thread takes a signalled fence out of a set while another is handed it. */
@JCStressTest
@Outcome(id = "true, false, 0", expect = Expect.ACCEPTABLE, desc = "Taken out.")
@Outcome(id = "false, true, 0", expect = Expect.ACCEPTABLE, desc = "Handed out.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A fence leaves the set once: taken out or handed out.")
@State
public class FenceSetRemoveAgainstPoll {
    private final UserFence fence = Fences.newFence();
    private final FenceSet set = new FenceSet();

    public FenceSetRemoveAgainstPoll() {
        set.add(fence);
        fence.signal();
    }

    @Actor
    public void remover(ZZI_Result result) {
        result.r1 = set.remove(fence);
    }

    @Actor
    public void poller(ZZI_Result result) {
        result.r2 = set.poll() != null;
    }

    @Arbiter
    public void afterwards(ZZI_Result result) {
        result.r3 = set.size();
        set.close();
    }
}
