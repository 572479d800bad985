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
import org.openjdk.jcstress.infra.results.ZIL_Result;

/** Somebody begins to listen to an array while the last of its fences signals. */
@JCStressTest
@Outcome(id = "true, 1, 5", expect = Expect.ACCEPTABLE, desc = "Queued before the end: it ran once.")
@Outcome(id = "false, 0, 5", expect = Expect.ACCEPTABLE, desc = "The array was complete when it was armed.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The array missed its last fence, or counted it twice, or lost its error.")
@State
public class ArrayListenAgainstSignal {
    private final UserFence last = Fences.newFence();
    private final FenceArray array = FenceArray.of(List.of(Fences.newSignaledFence(), last));
    private final AtomicInteger runs = new AtomicInteger();

    @Actor
    public void signaller() {
        last.fail(Errno.EIO);
    }

    @Actor
    public void listener(ZIL_Result result) {
        result.r1 = array.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Arbiter
    public void afterwards(ZIL_Result result) {
        result.r2 = runs.get();
        result.r3 = Fences.error(array);
    }
}
