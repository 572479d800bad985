package io.github.dmabuf4j.jcstress;

import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.UserFence;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/** One thread polls an array whose fences are done while another begins to listen to it. */
@JCStressTest
@Outcome(id = "true, true, 1, 5", expect = Expect.ACCEPTABLE, desc = "Polled and queued.")
@Outcome(id = "true, false, 0, 5", expect = Expect.ACCEPTABLE, desc = "Complete before the listener came.")
@Outcome(
        id = "false, (true, 1|false, 0), 5",
        expect = Expect.ACCEPTABLE,
        desc = "While the array is being armed, polling only looks, as in the kernel.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The array completes once, with its error, and runs what it accepted.")
@State
public class ArrayPollAgainstListen {
    private final UserFence failed = Fences.newFence();
    private final FenceArray array = FenceArray.of(List.of(failed, Fences.newSignaledFence()));
    private final AtomicInteger runs = new AtomicInteger();

    public ArrayPollAgainstListen() {
        failed.fail(Errno.EIO);
    }

    @Actor
    public void poller(LLLL_Result result) {
        result.r1 = array.poll();
    }

    @Actor
    public void listener(LLLL_Result result) {
        result.r2 = array.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Arbiter
    public void afterwards(LLLL_Result result) {
        result.r3 = runs.get();
        result.r4 = Fences.error(array);
    }
}
