package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dmabuf4j.fence.Errno;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The words that the cases share. */
final class Case {
    /** Only looks. */
    static final Duration NOW = Duration.ZERO;
    /** Longer than any case takes: a wait that must come to its end. */
    static final Duration LONG = Duration.ofSeconds(50);
    /** A wait whose time must run out. */
    static final Duration SHORT = Duration.ofMillis(1);

    static final int ACTIVE = 0;
    static final int SIGNALED = 1;
    static final int ENOENT = -Errno.ENOENT.number();

    private Case() {}

    static void refused(Errno errno, ThrowingCallable call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .extracting(RefusedException::errno)
                .isEqualTo(errno);
    }

    /** What a thread does. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Work on a platform thread of its own; get() throws what it threw. */
    static FutureTask<Boolean> start(Work work) {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            work.run();
            return true;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    /** All at once, to their ends. */
    static void inParallel(List<Work> works) throws Exception {
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (Work work : works) {
            tasks.add(start(work));
        }
        for (FutureTask<Boolean> task : tasks) {
            task.get();
        }
    }
}
