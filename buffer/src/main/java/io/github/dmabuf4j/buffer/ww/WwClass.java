package io.github.dmabuf4j.buffer.ww;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A family of {@link WwMutex}es that are locked together, and the order of age among those who lock them.
 *
 * @see <a href="https://docs.kernel.org/locking/ww-mutex-design.html">DEFINE_WW_CLASS and DEFINE_WD_CLASS</a>
 */
public final class WwClass {
    private final String name;
    private final boolean waitDie;
    private final AtomicLong lastStamp = new AtomicLong();
    private volatile int injectionInterval;

    private WwClass(String name, boolean waitDie) {
        this.name = name;
        this.waitDie = waitDie;
    }

    /**
     * Makes a class in which the younger context backs off when it would wait for an older one. Few retries when
     * contention is rare; what dma-buf reservations use.
     *
     * @param name a name for people
     * @return the class
     */
    public static WwClass waitDie(String name) {
        return new WwClass(name, true);
    }

    /**
     * Makes a class in which an older context wounds a younger one that holds what it needs; the wounded one backs off
     * when it next has to wait. Fewer back-offs, each costing more.
     *
     * @param name a name for people
     * @return the class
     */
    public static WwClass woundWait(String name) {
        return new WwClass(name, false);
    }

    /**
     * The class's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Which of the two algorithms the class follows.
     *
     * @return true for wait-die, false for wound-wait
     */
    public boolean isWaitDie() {
        return waitDie;
    }

    /**
     * For tests of code that locks: lets every n-th lock that a context takes beside its first mutex answer
     * {@link DeadlockAvoidedException} although nobody is in the way, so that the code's back-off is run without a
     * second thread. The mutex is unlocked again; everything must be released and locked anew, as after a real one.
     *
     * <p>Each context counts by itself and begins at another place; after each injection its interval grows by 3.5
     * times, so that every loop ends. Neither {@code tryLock} nor {@code lockSlow} is touched, nor a lock without a
     * context. It holds for contexts that begin after this call.
     *
     * @param interval n, at least 1; 0 ends it
     * @throws IllegalArgumentException if the interval is negative
     * @see <a href="https://docs.kernel.org/locking/ww-mutex-design.html">CONFIG_DEBUG_WW_MUTEX_SLOWPATH</a>
     */
    public void injectDeadlocks(int interval) {
        if (interval < 0) {
            throw new IllegalArgumentException(
                    "every n-th lock answers deadlock, n from 1, or 0 for none: " + interval);
        }
        injectionInterval = interval;
    }

    int injectionInterval() {
        return injectionInterval;
    }

    long nextStamp() {
        return lastStamp.incrementAndGet();
    }

    @Override
    public String toString() {
        return (waitDie ? "wait-die class " : "wound-wait class ") + name;
    }
}
