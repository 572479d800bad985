package io.github.dmabuf4j.memory;

import java.util.OptionalDouble;

/** Tells how short the system is of memory: a provider's interface. */
@FunctionalInterface
public interface MemoryPressure {
    /**
     * How much time tasks have lost lately because they waited for memory.
     *
     * @return a percentage, from 0 to 100; empty if the system does not tell
     */
    OptionalDouble stalledPercent();
}
