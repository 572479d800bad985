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

/** Two fences of an array fail at once, and a third is done. */
@JCStressTest
@Outcome(id = "true, 1, 5", expect = Expect.ACCEPTABLE, desc = "The first failure was seen first.")
@Outcome(id = "true, 1, 12", expect = Expect.ACCEPTABLE, desc = "The second failure was seen first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The array completes once, with the error of one of the two.")
@State
public class ArrayTwoFailures {
    private final UserFence one = Fences.newFence();
    private final UserFence other = Fences.newFence();
    private final FenceArray array = FenceArray.of(List.of(one, Fences.newSignaledFence(), other));
    private final AtomicInteger runs = new AtomicInteger();

    public ArrayTwoFailures() {
        array.addCallback(FenceCallback.of(_ -> runs.incrementAndGet()));
    }

    @Actor
    public void failing() {
        one.fail(Errno.EIO);
    }

    @Actor
    public void failingOtherwise() {
        other.fail(Errno.ENOMEM);
    }

    @Arbiter
    public void afterwards(ZIL_Result result) {
        result.r1 = array.isSignaled();
        result.r2 = runs.get();
        result.r3 = Fences.error(array);
    }
}
