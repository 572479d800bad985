package io.github.dmabuf4j.buffer;

/**
 * The lodgers of a {@link CmaHeap}.
 *
 * @param lodgers how many there are
 * @param areaBytes how much of the area they use
 * @param moves how often one was moved to make room
 * @param movedBytes how much was copied for it
 */
public record LodgerStats(long lodgers, long areaBytes, long moves, long movedBytes) {}
