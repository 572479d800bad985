/**
 * Pages, where they come from, and how they are used again.
 *
 * <p>A {@link io.github.dmabuf4j.memory.PageBacking} gives runs of {@link io.github.dmabuf4j.memory.Pages}: memfds on
 * Linux, plain Java memory ({@link io.github.dmabuf4j.memory.ArenaBacking}) everywhere, simulated memory in a test. A
 * run is used through <em>leases</em>: views that end with an arena while the mapping below stays. A
 * {@link io.github.dmabuf4j.memory.PagePool} keeps runs that their owner has given up, wiped, for the next owner of the
 * same size; wiping happens on the pool's own thread.
 *
 * <p>Memory in many pieces is described by a {@link io.github.dmabuf4j.memory.SgTable} for the CPU and by a
 * {@link io.github.dmabuf4j.memory.DmaTable} for each device: two types, so that nobody takes the count of one for that
 * of the other. A piece may be device memory that is known by its {@link io.github.dmabuf4j.memory.DmaAddress} only;
 * whatever would touch it from the CPU is refused before it begins.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Between two owners every byte is zeroed. Fresh pages are zero already; pages that come back are zeroed before
 *       they are handed out again.
 *   <li>Pages whose retiring owner says that somebody else may still reach them are never used again.
 *   <li>Whoever asks for pages that are just being wiped waits for the wiping: it takes a fraction of the time that the
 *       system needs for fresh pages.
 *   <li>A backing that cannot end a lease (plain Java memory) says so: {@code PageBacking.revokes()}.
 * </ul>
 */
@NullMarked
package io.github.dmabuf4j.memory;

import org.jspecify.annotations.NullMarked;
