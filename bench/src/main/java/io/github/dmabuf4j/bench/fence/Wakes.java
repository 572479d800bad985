package io.github.dmabuf4j.bench.fence;

import io.github.dmabuf4j.fence.DmaFence;
import io.github.dmabuf4j.fence.FenceContext;
import io.github.dmabuf4j.fence.UserFence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How long a sleeping thread takes to go on after what it sleeps for was signalled: a process of its own, so that its
 * CPUs can be chosen.
 *
 * <p>What a wake-up costs depends on the state of the machine, which changes by a factor of ten within a second. So all
 * that is compared takes turns within one loop, in an order that is drawn anew each time, and the two threads hand
 * everything else to each other by spinning: the only thread that ever parks is the one that is measured.
 */
@SuppressWarnings({"FutureReturnValueIgnored", "ThreadPriorityCheck"}) // one CPU: spinning has to give way
public final class Wakes {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int FEW = 10;
    private static final int MANY = 1_000;

    /** Everything that is compared. */
    private static final int FENCE = 0;

    private static final int FUTURE = 1;
    private static final int ANY_OF_FEW = 2;
    private static final int ANY_OF_MANY = 3;
    private static final String[] NAMES = {"fence", "future", "few", "many"};

    private final AtomicReference<@Nullable Sleep> next = new AtomicReference<>();
    private final AtomicLong wokenAt = new AtomicLong();
    private final FenceContext context = FenceContext.create("bench", "wake");
    private final Random random = new Random(1);
    private final List<UserFence> few = pending(FEW);
    private final List<UserFence> many = pending(MANY);

    private Wakes() {}

    /** Something that a thread sleeps for. */
    private interface Sleep {
        void await() throws InterruptedException, ExecutionException;

        void end();
    }

    /**
     * Prints one line: the median of each kind of wake-up in nanoseconds.
     *
     * @param arguments how many wake-ups of each kind
     */
    public static void main(String[] arguments) {
        int wakes = Integer.parseInt(arguments[0]);
        Wakes experiment = new Wakes();
        Thread sleeper = Thread.ofPlatform().daemon().unstarted(experiment::sleep);
        sleeper.start();
        experiment.run(sleeper, wakes);
        double[][] nanos = experiment.run(sleeper, wakes);
        StringBuilder line = new StringBuilder("result");
        for (int kind = 0; kind < NAMES.length; kind++) {
            Arrays.sort(nanos[kind]);
            line.append(' ').append(NAMES[kind]).append('=').append(nanos[kind][wakes / 2]);
        }
        System.out.println(line);
    }

    private double[][] run(Thread sleeper, int wakes) {
        double[][] nanos = new double[NAMES.length][wakes];
        int[] order = {FENCE, FUTURE, ANY_OF_FEW, ANY_OF_MANY};
        for (int i = 0; i < wakes; i++) {
            for (int last = order.length - 1; last > 0; last--) {
                int other = random.nextInt(last + 1);
                int kind = order[other];
                order[other] = order[last];
                order[last] = kind;
            }
            for (int kind : order) {
                nanos[kind][i] = wake(sleeper, prepared(kind));
            }
        }
        return nanos;
    }

    private Sleep prepared(int kind) {
        return switch (kind) {
            case FENCE -> forFence();
            case FUTURE -> forFuture();
            case ANY_OF_FEW -> forAny(few);
            default -> forAny(many);
        };
    }

    private long wake(Thread sleeper, Sleep sleep) {
        wokenAt.set(0);
        next.set(sleep);
        while (sleeper.getState() != Thread.State.WAITING && sleeper.getState() != Thread.State.TIMED_WAITING) {
            Thread.yield(); // it spins, or is on its way
        }
        long begin = System.nanoTime();
        sleep.end();
        long end = wokenAt.get();
        while (end == 0) {
            Thread.yield();
            end = wokenAt.get();
        }
        return end - begin;
    }

    private void sleep() {
        try {
            for (; ; ) {
                Sleep sleep = next.getAndSet(null);
                if (sleep == null) {
                    Thread.yield();
                    continue;
                }
                sleep.await();
                wokenAt.set(System.nanoTime());
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<UserFence> pending(int count) {
        List<UserFence> fences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fences.add(context.newFence());
        }
        return fences;
    }

    private Sleep forFence() {
        UserFence fence = context.newFence();
        return new Sleep() {
            @Override
            public void await() throws InterruptedException {
                fence.await();
            }

            @Override
            public void end() {
                fence.signal();
            }
        };
    }

    private static Sleep forFuture() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        return new Sleep() {
            @Override
            public void await() throws InterruptedException, ExecutionException {
                future.get();
            }

            @Override
            public void end() {
                future.complete(System.nanoTime());
            }
        };
    }

    /** One fence out of the list signals, and is replaced by a new one; the others are waited for again next time. */
    private Sleep forAny(List<UserFence> fences) {
        List<UserFence> awaited = List.copyOf(fences);
        int which = random.nextInt(awaited.size());
        fences.set(which, context.newFence());
        return new Sleep() {
            @Override
            public void await() throws InterruptedException {
                DmaFence first = DmaFence.awaitAny(awaited, LONG);
                if (first != awaited.get(which)) {
                    throw new IllegalStateException("the wait ended with another fence than the one that signalled");
                }
            }

            @Override
            public void end() {
                awaited.get(which).signal();
            }
        };
    }
}
