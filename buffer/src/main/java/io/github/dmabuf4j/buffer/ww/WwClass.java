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

    long nextStamp() {
        return lastStamp.incrementAndGet();
    }

    @Override
    public String toString() {
        return (waitDie ? "wait-die class " : "wound-wait class ") + name;
    }
}
