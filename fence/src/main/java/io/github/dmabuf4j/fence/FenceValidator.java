package io.github.dmabuf4j.fence;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches how fences are used and reports what leads to deadlocks and lost work sooner or later, even if it went well
 * this time: what lockdep and DMA_FENCE annotations are to the kernel.
 *
 * <p>On where assertions are enabled, so in tests, or as the system property {@value #PROPERTY} says ({@code true},
 * {@code false}); decided once. Off it costs nothing. It never changes what fences do: it tells a listener, by default
 * the log, which is told of the first 20 of each kind.
 *
 * <p>It cannot know which thread will signal what. Tell it: put the code that must lead to a signal into a
 * {@link #beginSignaling section}.
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#dma-fence-signalling-annotations">DMA fence signalling
 *     annotations</a>
 */
public final class FenceValidator {
    /** The system property that turns the validator on or off whether assertions are enabled or not. */
    public static final String PROPERTY = "dmabuf4j.fence.validator";

    static final boolean ENABLED = Boolean.parseBoolean(
            System.getProperty(PROPERTY, Boolean.toString(FenceValidator.class.desiredAssertionStatus())));

    private static final Consumer<FenceReport> TO_LOG = FenceValidator::log;

    /** Which threads have said that they will signal a fence, and in which section. */
    private static final Map<DmaFence, SignalingSection> SIGNALERS = new ConcurrentHashMap<>();

    private static final Map<Thread, Waiting> WAITING = new ConcurrentHashMap<>();
    private static final ThreadLocal<SignalingSection> SECTION = new ThreadLocal<>();
    private static final ThreadLocal<DmaFence> CALLBACK = new ThreadLocal<>();

    private static final int MOST_LOGGED = 20;
    private static final Map<FenceReport.Rule, Integer> LOGGED = new ConcurrentHashMap<>();

    private static volatile Consumer<FenceReport> listener = TO_LOG;

    private FenceValidator() {}

    /**
     * A thread that waits.
     *
     * @param fence for what
     * @param stack where
     */
    private record Waiting(DmaFence fence, Throwable stack) {}

    /**
     * Whether the validator is on.
     *
     * @return true if it reports
     */
    public static boolean isEnabled() {
        return ENABLED;
    }

    /**
     * Sends the reports somewhere else.
     *
     * @param reports who receives them, on the thread that broke the rule; null for the log
     */
    public static void setListener(@Nullable Consumer<FenceReport> reports) {
        listener = reports == null ? TO_LOG : reports;
    }

    /**
     * Begins a section of code that must reach its end for fences to signal. Until it is closed, on this thread, a wait
     * for any fence is reported.
     *
     * @param fences what this thread is going to signal, as far as it is known: with that, a wait of this thread
     *     <em>outside</em> a section of another can be seen to wait for itself through several threads
     * @return the section; close it on the same thread
     */
    public static SignalingSection beginSignaling(DmaFence... fences) {
        if (!ENABLED) {
            return SignalingSection.OFF;
        }
        SignalingSection section = new SignalingSection(SECTION.get(), List.of(fences));
        SECTION.set(section);
        for (DmaFence fence : fences) {
            SIGNALERS.put(fence, section);
        }
        return section;
    }

    static void endSignaling(SignalingSection section) {
        SignalingSection outer = section.outer();
        if (outer == null) {
            SECTION.remove();
        } else {
            SECTION.set(outer);
        }
        for (DmaFence fence : section.fences()) {
            SIGNALERS.remove(fence, section);
        }
    }

    /** Before a fence is completed, so that whoever sees it completed comes after this. */
    static void completing(DmaFence fence) {
        if (fence instanceof FenceContainer || fence.context() == 0 || fence.isSignaled()) {
            return;
        }
        if (fence.fenceContext().signalsOutOfOrder(fence.seqno())) {
            report(
                    FenceReport.Rule.OUT_OF_ORDER,
                    "fence " + fence + " signals after a later one of its context; fences of a context signal in order",
                    fence,
                    null);
        }
    }

    static void completedAgain(DmaFence fence, @Nullable Errno error) {
        if (error == null) {
            report(FenceReport.Rule.SIGNALED_TWICE, "fence " + fence + " is signalled once more", fence, null);
        } else {
            report(
                    FenceReport.Rule.ERROR_AFTER_SIGNALING,
                    "fence " + fence + " is given the error " + error + " after it was signalled",
                    fence,
                    null);
        }
    }

    static void dropped(String fence, Throwable made) {
        tell(new FenceReport(
                FenceReport.Rule.DROPPED,
                "fence " + fence + " became garbage unsignalled; use it in a try block, so that it is closed",
                List.of(made)));
    }

    static void enterCallback(DmaFence fence) {
        CALLBACK.set(fence);
    }

    static void exitCallback(@Nullable DmaFence outer) {
        if (outer == null) {
            CALLBACK.remove();
        } else {
            CALLBACK.set(outer);
        }
    }

    static @Nullable DmaFence currentCallback() {
        return CALLBACK.get();
    }

    /** Before a thread sleeps for one fence. */
    static void beginWait(DmaFence fence) {
        checkPlaceOfWait(fence);
        Thread self = Thread.currentThread();
        WAITING.put(self, new Waiting(fence, new Throwable("thread " + self.getName() + " waits here")));
        if (!SIGNALERS.isEmpty()) {
            reportCircle(self, fence);
        }
    }

    /** Before a thread sleeps, for one fence or for the first of several. */
    static void checkPlaceOfWait(DmaFence fence) {
        Thread self = Thread.currentThread();
        SignalingSection section = SECTION.get();
        if (section != null) {
            report(
                    FenceReport.Rule.WAIT_IN_SIGNALING_SECTION,
                    "thread " + self.getName() + " waits for fence " + fence
                            + " inside a section that must lead to a signal",
                    fence,
                    section.begun());
        }
        DmaFence callbackOf = CALLBACK.get();
        if (callbackOf != null) {
            report(
                    FenceReport.Rule.WAIT_IN_CALLBACK,
                    "a callback of fence " + callbackOf + " waits for fence " + fence
                            + "; use onSignaledAsync for what blocks",
                    fence,
                    null);
        }
    }

    static void endWait() {
        WAITING.remove(Thread.currentThread());
    }

    /** Follows fence, its signaller, what that waits for, and so on. */
    @SuppressWarnings("ReferenceEquality")
    private static void reportCircle(Thread self, DmaFence fence) {
        Set<DmaFence> looked = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Thread> passed = new HashSet<>();
        List<Throwable> stacks = new ArrayList<>();
        ArrayDeque<DmaFence> toLook = new ArrayDeque<>(FenceUnwrap.leaves(fence));
        toLook.add(fence);
        for (DmaFence next = toLook.poll(); next != null; next = toLook.poll()) {
            SignalingSection signaler = looked.add(next) ? SIGNALERS.get(next) : null;
            if (signaler == null) {
                continue;
            }
            if (signaler.owner() == self) {
                stacks.addFirst(new Throwable("the wait"));
                tell(new FenceReport(
                        FenceReport.Rule.WAIT_FOR_ITSELF,
                        "thread " + self.getName() + " waits for fence " + fence + ", and is itself to signal " + next
                                + (next == fence ? "" : ", for which that waits"),
                        stacks));
                return;
            }
            Waiting waiting = passed.add(signaler.owner()) ? WAITING.get(signaler.owner()) : null;
            if (waiting != null) {
                stacks.add(waiting.stack);
                toLook.addAll(FenceUnwrap.leaves(waiting.fence));
                toLook.add(waiting.fence);
            }
        }
    }

    private static void report(FenceReport.Rule rule, String message, DmaFence fence, @Nullable Throwable cause) {
        List<Throwable> stacks = new ArrayList<>();
        stacks.add(new Throwable("here"));
        if (cause != null) {
            stacks.add(cause);
        }
        if (fence instanceof TrackedFence tracked) {
            stacks.add(tracked.made());
        }
        tell(new FenceReport(rule, message, stacks));
    }

    private static void tell(FenceReport report) {
        listener.accept(report);
    }

    /** The log is told of the first of each kind: whoever breaks a rule in a loop would fill a disk. */
    private static void log(FenceReport report) {
        if (LOGGED.merge(report.rule(), 1, Integer::sum) > MOST_LOGGED) {
            return;
        }
        Logger logger = System.getLogger(FenceValidator.class.getName());
        Throwable first = report.stacks().getFirst();
        for (Throwable more : report.stacks().subList(1, report.stacks().size())) {
            first.addSuppressed(more);
        }
        logger.log(Level.WARNING, report.message(), first);
    }
}
