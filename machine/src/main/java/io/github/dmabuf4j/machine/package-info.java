/**
 * A small machine in software: processors behind a write-back cache, memory, and devices that do not look into that
 * cache unless they are told to.
 *
 * <p>What goes wrong between caches and devices goes wrong rarely, elsewhere, and long afterwards: a dirty line is
 * written back when the cache needs its place, and a processor loads lines that nobody asked for. On a real machine one
 * waits for it. Here the moment is drawn from a seed: the same seed is the same run, and a thousand seeds are a
 * thousand chances for a mistake to show.
 *
 * <h2>What is simulated</h2>
 *
 * <ul>
 *   <li><b>Memory</b> in page frames. {@link io.github.dmabuf4j.machine.MachineBacking} gives runs of them, so that
 *       every heap and buffer of this project runs on the machine as it is. Fresh pages are zeroed by the processor,
 *       through the cache, as a kernel does it: the zeros stay behind in dirty lines.
 *   <li><b>One cache</b> for all processors, by physical address. Processors that are coherent with each other look
 *       like one from outside, which is all that a device can tell. Its lines are evicted by seed.
 *   <li><b>Aliases</b>: a page may be mapped cached, uncached and write-combined at a time. Every page has a cached
 *       mapping, the kernel's own of all memory; through it the processor fetches lines on its own account, by seed.
 *   <li><b>A store buffer</b> for each processor, in which write-combined stores wait until it drains.
 *   <li><b>Devices</b> that reach memory past the cache, or through a {@linkplain io.github.dmabuf4j.machine.Port port}
 *       that looks into it; with bus addresses, or behind an IOMMU with an address space of their own; some with memory
 *       of their own that has an address and no pages.
 *   <li><b>Costs</b> in cycles, from one table: {@link io.github.dmabuf4j.machine.Cost}.
 * </ul>
 *
 * <p>Time is counted in steps. Each access of a line is one, and before it the seed decides what the cache does on its
 * own. The lines of a lease ({@code DmaBuf.beginCpuAccess}) are loaded when it begins and stored when it ends;
 * {@link io.github.dmabuf4j.machine.Cpu} reaches single bytes.
 *
 * <p>The thread that made a machine is its first processor; all other threads, such as those that clean pages in the
 * background, share the last one. Runs are repeatable as long as no two threads use the machine at the same time.
 */
@NullMarked
package io.github.dmabuf4j.machine;

import org.jspecify.annotations.NullMarked;
