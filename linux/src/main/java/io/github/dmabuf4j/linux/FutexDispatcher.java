package io.github.dmabuf4j.linux;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Waits for peers' timelines on behalf of fences and virtual threads: a daemon thread sleeps on the doorbells of the
 * peers' page sets and completes what is due.
 *
 * <p>A peer rings its doorbell only when it reaches a point that this process announced. Before each sleep the thread
 * reads the doorbells, then looks through what is pending, then sleeps on the doorbells as they were: a point that is
 * reached in between changes the doorbell and ends the sleep at once.
 *
 * <p>One call can sleep on {@value Sleeper#MAX_WORDS} doorbells; beyond that there is another thread. Threads are started
 * when they are needed and stay.
 */
final class FutexDispatcher {
    private static final Logger LOGGER = System.getLogger(FutexDispatcher.class.getName());
    // Guarded by itself.
    private static final List<FutexDispatcher> ALL = new ArrayList<>();

    private static final PeerTimelinePage[] NONE = {};

    private final CopyOnWriteArrayList<PeerTimelinePage> pages = new CopyOnWriteArrayList<>();
    private volatile Sleeper sleeper;

    @SuppressWarnings("NullAway.Init") // the thread's first act is to set the sleeper
    private FutexDispatcher() {
        Thread thread = Thread.ofPlatform().daemon().name("dmabuf4j-futexes").unstarted(this::run);
        synchronized (this) {
            thread.start();
            awaitSleeper();
        }
    }

    private void awaitSleeper() {
        boolean interrupted = false;
        while (sleeper == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static void register(PeerTimelinePage page) {
        synchronized (ALL) {
            FutexDispatcher free = null;
            for (FutexDispatcher dispatcher : ALL) {
                if (dispatcher.pages.size() < Sleeper.MAX_WORDS) {
                    free = dispatcher;
                    break;
                }
            }
            if (free == null) {
                free = new FutexDispatcher();
                ALL.add(free);
            }
            free.pages.add(page);
            free.sleeper.wake();
        }
    }

    /** After the return the thread sleeps on the page's doorbell at most once more, and does not read it. */
    static void unregister(PeerTimelinePage page) {
        synchronized (ALL) {
            for (FutexDispatcher dispatcher : ALL) {
                if (dispatcher.pages.remove(page)) {
                    dispatcher.sleeper.wake();
                }
            }
        }
    }

    private void run() {
        Sleeper me = Sleeper.current();
        synchronized (this) {
            sleeper = me;
            notifyAll();
        }
        while (true) {
            int own = me.word();
            PeerTimelinePage[] watched = pages.toArray(NONE);
            int[] doorbells = new int[watched.length];
            for (int i = 0; i < watched.length; i++) {
                doorbells[i] = watched[i].doorbell();
            }
            for (PeerTimelinePage page : watched) {
                complete(page);
            }
            me.lieDown(0, Long.MAX_VALUE, 0);
            me.prepare(own);
            for (int i = 0; i < watched.length; i++) {
                me.add(watched[i].doorbellAddress(), doorbells[i]);
            }
            me.sleepOnAll();
        }
    }

    private static void complete(PeerTimelinePage page) {
        try {
            page.completeAll();
        } catch (RuntimeException | Error e) { // the thread serves everybody and must not end
            LOGGER.log(Level.ERROR, "the timelines of a peer could not be looked at", e);
        }
    }
}
