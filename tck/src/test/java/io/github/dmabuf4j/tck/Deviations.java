package io.github.dmabuf4j.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dmabuf4j.buffer.DmaResv;
import io.github.dmabuf4j.buffer.FenceUsage;
import io.github.dmabuf4j.buffer.ww.AlreadyLockedException;
import io.github.dmabuf4j.buffer.ww.WwClass;
import io.github.dmabuf4j.buffer.ww.WwMutex;
import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.Errno;
import io.github.dmabuf4j.fence.FenceArray;
import io.github.dmabuf4j.fence.FenceCallback;
import io.github.dmabuf4j.fence.FenceChain;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.FenceUnwrap;
import io.github.dmabuf4j.fence.SyncFile;
import io.github.dmabuf4j.fence.SyncObj;
import io.github.dmabuf4j.fence.SyncObjWait;
import io.github.dmabuf4j.fence.SyncPoint;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Where this library answers differently from the kernel, on purpose. Each case says in its name what is different, in
 * its comment what the kernel does and why this library does not, and shows it.
 */
@Family("deviations")
@InProcessOnly("they are this library's")
class Deviations {
    private final FenceContext context = FenceContext.create("driver", "ring");

    /**
     * The kernel counts references; when the last one to an unsignalled fence with callbacks goes, it warns and signals
     * it with EDEADLK. Under a garbage collector there is no last reference: a waiter keeps its fence reachable. So the
     * producer's handle is closed, in a try block, and a fence nobody signalled is cancelled there and then.
     */
    @Test
    @DisplayName(
            "an unsignalled fence ends with ECANCELED when its producer closes it, not with EDEADLK at the last put")
    void close() {
        UserFence fence = context.newFence();
        fence.onSignaled(_ -> {});
        fence.close();
        assertThat(fence.error()).isEqualTo(Errno.ECANCELED);
    }

    /**
     * The kernel calls release when the last reference goes. That moment does not exist here; what a producer wants to
     * let go of is let go of at the end of signalling.
     */
    @Test
    @DisplayName("the release hook comes after signalling, not with the last reference")
    void release() {
        MockFence fence = MockFence.alone();
        List<Integer> seen = new ArrayList<>();
        fence.onSignaled(_ -> seen.add(fence.released));
        fence.end(null);
        seen.add(fence.released);
        assertThat(seen).as("after the callbacks").containsExactly(0, 1);
    }

    /**
     * dma_fence_set_error is a call of its own before signalling; too late, it warns and stores the error all the same.
     * Here the error comes with the completion, so it cannot come too late or be seen too early.
     */
    @Test
    @DisplayName("the error is given with the completion; one that comes later is refused instead of stored")
    void error() {
        UserFence fence = context.newFence();
        fence.signal();
        assertThat(fence.fail(Errno.EIO)).isFalse();
        assertThat(fence.error()).isNull();
    }

    /**
     * dma_fence_check_and_signal answers true when the fence was signalled already. "Did my call do it" is what Java
     * programs expect of such a method.
     */
    @Test
    @DisplayName("signal answers true when this call signalled the fence; check_and_signal answers the opposite")
    void signalAnswer() {
        UserFence fence = context.newFence();
        assertThat(fence.signal()).isTrue();
        assertThat(fence.signal()).isFalse();
    }

    /** dma_fence_timestamp warns and answers the present time. A wrong number hides the mistake, an exception shows it. */
    @Test
    @DisplayName("asking an unsignalled fence for its time throws")
    void timestamp() {
        assertThatIllegalStateException().isThrownBy(context.newFence()::timestampNanos);
    }

    /** dma_fence_is_later warns and answers false for fences of two contexts, and dma_fence_later answers NULL. */
    @Test
    @DisplayName("comparing fences of two contexts throws")
    void compare() {
        DmaFence other = FenceContext.create("driver", "ring").newFence();
        assertThatIllegalArgumentException().isThrownBy(() -> other.isLater(context.newFence()));
    }

    /**
     * The kernel runs callbacks under the fence's lock with interrupts off; they must not touch their own fence. Here
     * they run without a lock, and may ask and add to the same fence.
     */
    @Test
    @DisplayName("a callback may use its own fence, for no lock is held")
    void callbackWithoutLock() throws Exception {
        UserFence fence = context.newFence();
        List<Boolean> seen = new ArrayList<>();
        fence.onSignaled(same -> {
            seen.add(same.addCallback(FenceCallback.of(_ -> seen.add(true))));
            seen.add(same.awaitUninterruptibly(Case.LONG));
        });
        fence.signal();
        assertThat(seen).containsExactly(false, true);
    }

    /** The kernel has no exceptions; one callback that throws must not cost the others their call. */
    @Test
    @DisplayName("a callback that throws is logged, and the others run")
    void callbackThrows() {
        UserFence fence = context.newFence();
        List<LogRecord> logged = new ArrayList<>();
        AtomicBoolean ran = new AtomicBoolean();
        fence.onSignaled(_ -> {
            throw new IllegalStateException("expected in this case");
        });
        fence.onSignaled(_ -> ran.set(true));
        Logger logger = Logger.getLogger(FenceCallback.class.getName());
        logger.setFilter(record -> !logged.add(record));
        fence.signal();
        logger.setFilter(null);
        assertThat(ran).isTrue();
        assertThat(logged).hasSize(1);
    }

    /** A dma_fence_cb may be used again; here the thread that signals may still walk over one that was removed. */
    @Test
    @DisplayName("a callback object serves one registration")
    void callbackOnce() {
        FenceCallback callback = FenceCallback.of(_ -> {});
        UserFence fence = context.newFence();
        fence.addCallback(callback);
        fence.removeCallback(callback);
        assertThatIllegalStateException().isThrownBy(() -> fence.addCallback(callback));
    }

    /**
     * dma_fence_wait_any_timeout looks through all fences again when it wakes, and answers the lowest signalled index:
     * a cost of O(n) for each wake-up. Here it is the fence that woke the thread. Waits for sync objects keep the
     * kernel's answer, since programs see it.
     */
    @Test
    @DisplayName("waiting for any answers the fence that woke the thread, not the lowest signalled index")
    void waitAny() throws Exception {
        MockFence low = MockFence.alone();
        CountDownLatch armed = new CountDownLatch(1);
        MockFence high = new MockFence() {
            @Override
            protected boolean enableSignaling() {
                armed.countDown();
                return true;
            }
        };
        FutureTask<DmaFence> waiter = new FutureTask<>(() -> DmaFence.awaitAny(List.of(low, high), Case.LONG));
        Thread.ofPlatform().daemon().start(waiter);
        armed.await();
        high.end(null);
        assertThat(waiter.get()).isSameAs(high);
        assertThat(low.isSignaled()).isFalse();
    }

    /**
     * Since 6.17 the names of a signalled fence read detached-driver and signaled-timeline, because the driver's module
     * may be gone. Code that is gone does not exist here, and a log line with the real names is worth more. Sync files
     * answer as the kernel does.
     */
    @Test
    @DisplayName("a signalled fence keeps its names")
    void names() {
        UserFence fence = context.newFence();
        fence.signal();
        assertThat(fence.driverName()).isEqualTo("driver");
        assertThat(fence.timelineName()).isEqualTo("ring");
    }

    /** Sequence numbers have 64 bits unless asked otherwise; the kernel's default is 32 bits with wrap-around. */
    @Test
    @DisplayName("numbers have 64 bits by default")
    void numbers() {
        assertThat(context.isLater(0x8000_0000L, 0)).isTrue();
        assertThat(context.isWrapping32()).isFalse();
    }

    /** The kernel warns about containers in containers and then works somehow; here any depth is defined. */
    @Test
    @DisplayName("arrays may contain arrays and chains, however deep")
    void nested() {
        MockFence first = MockFence.alone();
        MockFence second = MockFence.alone();
        DmaFence inner = FenceArray.of(List.of(FenceChain.of(null, first, 1), second));
        DmaFence outer = FenceArray.of(List.of(inner));
        outer.onSignaled(_ -> {});
        assertThat(FenceUnwrap.leaves(outer)).containsExactly(first, second);
        first.end(null);
        assertThat(outer.isSignaled()).isFalse();
        second.end(null);
        assertThat(outer.isSignaled()).isTrue();
    }

    /** The kernel warns about a chain as the fence of a chain node; its chain could then never be collected. */
    @Test
    @DisplayName("a chain as the fence inside a chain node is refused")
    void chainInChain() {
        FenceChain chain = FenceChain.of(null, context.newFence(), 1);
        assertThatIllegalArgumentException().isThrownBy(() -> FenceChain.of(null, chain, 1));
    }

    /** dma_fence_unwrap_merge loses the errors of inputs that are signalled; whoever needs them has another method. */
    @Test
    @DisplayName("a merge that keeps errors, beside the kernel's")
    void mergeKeepingErrors() {
        UserFence failed = context.newFence();
        failed.fail(Errno.EIO);
        UserFence good = FenceContext.create("driver", "other").newFence();
        DmaFence merged = FenceUnwrap.mergeKeepingErrors(List.of(failed, good));
        good.signal();
        assertThat(merged.poll()).isTrue();
        assertThat(merged.error()).isEqualTo(Errno.EIO);
        assertThat(FenceUnwrap.merge(failed, good).error()).isNull();
    }

    /** dma_fence_context_alloc(0) warns; a wait without time, a NULL callback and the like are EINVAL with a warning. */
    @Test
    @DisplayName("what the kernel warns about is an exception")
    void warnings() {
        assertThatIllegalArgumentException().isThrownBy(() -> FenceContext.allocate(0));
        assertThatIllegalArgumentException().isThrownBy(() -> FenceArray.of(List.of()));
        Assertions.assertThatNullPointerException()
                .isThrownBy(() -> context.newFence().addCallback(null));
    }

    /** dma_resv_add_fence crashes the kernel when no place was reserved, and warns about containers. */
    @Test
    @DisplayName("adding to a reservation without a place, or a container, is an exception")
    void resvAdd() {
        DmaResv resv = new DmaResv();
        resv.lock();
        assertThatIllegalStateException().isThrownBy(() -> resv.add(context.newFence(), FenceUsage.READ));
        resv.reserve(1);
        DmaFence array = FenceArray.of(List.of(context.newFence()));
        assertThatIllegalArgumentException().isThrownBy(() -> resv.add(array, FenceUsage.READ));
        resv.unlock();
        assertThat(resv.fences(FenceUsage.READ)).isEmpty();
    }

    /** dma_resv_describe leaves out bookkeeping fences; whoever looks for what blocks an eviction needs those too. */
    @Test
    @DisplayName("a reservation describes bookkeeping fences, too")
    void resvDescribe() {
        DmaResv resv = new DmaResv();
        resv.importFence(context.newFence(), FenceUsage.BOOKKEEP);
        assertThat(resv.describe()).startsWith("\tbookkeep fence: ");
    }

    /** A kernel thread that locks a mutex again without a context waits for itself for ever. */
    @Test
    @DisplayName("locking a ww_mutex twice without a context throws instead of hanging")
    void lockTwice() {
        WwMutex mutex = new WwMutex(WwClass.waitDie("wd"));
        mutex.lock();
        Assertions.assertThatExceptionOfType(AlreadyLockedException.class).isThrownBy(mutex::lock);
        mutex.unlock();
    }

    /**
     * An eventfd cannot be taken back from a sync object, and is dropped silently when the object goes before its point
     * came. Here a registration is an object that can be closed and asked.
     */
    @Test
    @DisplayName("the event of a sync object can be taken back")
    void eventTakenBack() {
        SyncObj object = SyncObj.create();
        AtomicBoolean ran = new AtomicBoolean();
        var event = object.onSignaled(1, () -> ran.set(true));
        assertThat(event.isPending()).isTrue();
        event.close();
        object.signalPoint(1);
        assertThat(ran).isFalse();
        assertThat(event.isPending()).isFalse();
    }

    /**
     * Waits for sync objects take an absolute time on the monotonic clock, so that a system call that was interrupted
     * can be made again. Java's waits take durations, and an interrupt is an exception.
     */
    @Test
    @DisplayName("waits for sync objects take a duration; a negative one is refused and does not mean now")
    void syncObjTimeout() {
        SyncObjWait wait = SyncObjWait.forAny(List.of(new SyncPoint(SyncObj.createSignaled(), 0)));
        assertThatIllegalArgumentException().isThrownBy(() -> wait.await(Duration.ofNanos(-1)));
    }

    /** DRM_SYNCOBJ_TRANSFER with WAIT_FOR_SUBMIT waits five seconds, whoever asks. Here the caller says how long. */
    @Test
    @DisplayName("a transfer waits for submission as long as it is told to, and then answers false")
    void transferPatience() throws Exception {
        SyncObj from = SyncObj.create();
        SyncObj to = SyncObj.create();
        SyncPoint source = new SyncPoint(from, 1);
        SyncPoint target = new SyncPoint(to, 0);
        assertThat(SyncObj.transfer(source, target, Case.SHORT)).isFalse();
        assertThat(to.fence()).isNull();
        FutureTask<Boolean> submitter = Case.start(() -> from.signalPoint(1));
        assertThat(SyncObj.transfer(source, target, Case.LONG)).isTrue();
        submitter.get();
        assertThat(to.fence()).isNotNull();
    }

    /** dma_fence_unwrap_merge takes NULL for a fence that is not there; a null in Java is a mistake sooner or later. */
    @Test
    @DisplayName("merging null is refused")
    void mergeNull() {
        Assertions.assertThatNullPointerException().isThrownBy(() -> FenceUnwrap.merge(context.newFence(), null));
    }

    /**
     * A sync file of the kernel is a descriptor, with a limit for each process that leaks run into within seconds. Within
     * a process a SyncFile is an object: as many as memory holds, and closed is closed.
     */
    @Test
    @DisplayName("a sync file is no descriptor: no limit for each process, and a closed one is refused in a sentence")
    void noDescriptor() {
        List<SyncFile> files = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            files.add(SyncFile.of(DmaFence.stub()));
        }
        SyncFile last = files.getLast();
        last.close();
        last.close();
        assertThatIllegalStateException().isThrownBy(last::info).withMessageContaining("closed");
        assertThat(files.getFirst().poll()).isTrue();
    }

    /**
     * A process names sync objects of the kernel by handles of its own table: handles can be wrong, point to nothing after
     * a destroy, and be handed on as descriptors. Here whoever has a reference has the object, and nothing destroys it
     * under a wait. What the kernel checks of all handles before it changes anything is checked of all points.
     */
    @Test
    @DisplayName(
            "a sync object is no handle: a list with a missing one is refused whole, before anything is waited for")
    void noHandles() {
        SyncObj object = SyncObj.create();
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> new SyncPoint(null, 1));
        List<SyncPoint> holed = new ArrayList<>(List.of(new SyncPoint(object, 1)));
        holed.add(null);
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> SyncObjWait.forAll(holed));
        assertThatIllegalStateException()
                .isThrownBy(() -> SyncObj.transfer(new SyncPoint(object, 1), new SyncPoint(object, 2)));
        assertThat(object.fence()).isNull();
    }

    /**
     * Flags and padding of the kernel's calls are numbers, and unknown ones are refused with EINVAL. Here they are methods:
     * there is nothing unknown to pass. WAIT refuses AVAILABLE, TIMELINE_WAIT does not; here there is one wait.
     */
    @Test
    @DisplayName("flags are methods: a wait may be for availability whatever it waits for")
    void noFlags() throws Exception {
        SyncObj binary = SyncObj.create();
        SyncObjWait wait = SyncObjWait.forAny(List.of(new SyncPoint(binary, 0))).available();
        assertThat(wait.await(Duration.ZERO).done()).isFalse();
        binary.replaceFence(context.newFence());
        assertThat(wait.await(Duration.ZERO).done())
                .as("there, and not signalled")
                .isTrue();
    }
}
