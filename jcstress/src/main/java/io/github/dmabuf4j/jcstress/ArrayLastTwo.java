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

/** The last two fences of an array signal at once. */
@JCStressTest
@Outcome(id = "true, 1, 5", expect = Expect.ACCEPTABLE, desc = "One of them completed the array, with the error.")
@Outcome(id = "false, .*", expect = Expect.FORBIDDEN, desc = "Both are done, and the array was forgotten.")
@Outcome(id = "true, 1, ok", expect = Expect.FORBIDDEN, desc = "The error of a fence inside was lost.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The array completes once.")
@State
public class ArrayLastTwo {
    private final UserFence one = Fences.newFence();
    private final UserFence other = Fences.newFence();
    private final FenceArray array = FenceArray.of(List.of(one, other));
    private final AtomicInteger runs = new AtomicInteger();

    public ArrayLastTwo() {
        array.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Actor
    public void succeeding() {
        one.signal();
    }

    @Actor
    public void failing() {
        other.fail(Errno.EIO);
    }

    @Arbiter
    public void afterwards(ZIL_Result result) {
        result.r1 = array.isSignaled();
        result.r2 = runs.get();
        result.r3 = Fences.error(array);
    }
}
