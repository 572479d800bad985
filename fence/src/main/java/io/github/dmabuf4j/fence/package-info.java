/**
 * Fences: what is waited for, in the vocabulary of the kernel's dma-fence.
 *
 * <p>Devices and threads hand each other memory, and must know when the other is done with it. A
 * {@linkplain io.github.dmabuf4j.fence.DmaFence fence} is that knowledge as an object: it is made when work is
 * submitted, handed to whoever depends on the work, and signalled once, when the work is done, well or not.
 *
 * <pre>{@code
 * FenceContext ring = FenceContext.create("my decoder", "ring 0");
 * try (UserFence done = ring.newFence()) {
 *     consumer.submit(frame, done);      // observes it, and cannot complete it
 *     decode(frame);
 *     done.signal();
 * }                                      // an exception on the way: the fence fails with ECANCELED
 * }</pre>
 *
 * <h2>The family</h2>
 *
 * <ul>
 *   <li>{@link io.github.dmabuf4j.fence.DmaFence}: what all have in common, and what own kinds extend.
 *   <li>{@link io.github.dmabuf4j.fence.UserFence}, made by a {@link io.github.dmabuf4j.fence.FenceContext}: completed
 *       by Java code.
 *   <li>{@link io.github.dmabuf4j.fence.FenceArray}: all of several. {@link io.github.dmabuf4j.fence.FenceChain}: the
 *       points of a timeline one after the other. {@link io.github.dmabuf4j.fence.FenceUnwrap} looks into both and
 *       merges any fences into as few as possible.
 *   <li>{@link io.github.dmabuf4j.fence.FenceSet}: a reusable wait for the first of many.
 * </ul>
 *
 * <h2>How fences are exposed</h2>
 *
 * <ul>
 *   <li><em>Explicitly, as a {@link io.github.dmabuf4j.fence.SyncFile}</em>: a fence with a name, which one program
 *       hands to another.
 *   <li><em>Explicitly, in a {@link io.github.dmabuf4j.fence.SyncObj}</em>: a container whose fence is replaced, or a
 *       timeline whose points can be waited for before they are submitted. Such a point is a promise and no fence, so it
 *       is of another type: {@link io.github.dmabuf4j.fence.SyncPoint}.
 *   <li><em>As a {@link io.github.dmabuf4j.fence.Timeline}</em>: a counter whose points are fences, and which can be
 *       read without any object. {@link io.github.dmabuf4j.fence.SyncTimeline} is the one within a process (the kernel's
 *       sw_sync); others live in memory that processes share.
 *   <li><em>Implicitly, in the reservation of a buffer</em>: see the {@code buffer} module.
 * </ul>
 *
 * <h2>Rules</h2>
 *
 * <ol>
 *   <li>A fence signals once, and for good. Whoever makes one sees to it that it does, in reasonable time and without
 *       depending on whoever waits for it.
 *   <li>Fences of one context signal in the order of their numbers. Merging drops all but the latest.
 *   <li>The first completion wins; its error and its time are what everybody sees, together with everything that the
 *       signalling thread wrote before.
 *   <li>Waiters wake first, then callbacks run, in the order in which they were added, once, on the thread that
 *       signals. A callback does not block.
 *   <li>The error of a fence is a property of the work and never an exception of the wait.
 *   <li>Any kinds of fences may be mixed in arrays, merges and waits for the first of several.
 * </ol>
 *
 * <p>The {@link io.github.dmabuf4j.fence.FenceValidator} checks the first two and the fourth, and finds waits that wait
 * for themselves. Flight Recorder sees every wait ({@code dmabuf4j.FenceWait}), and, switched on by the settings file
 * {@code fences.jfc} of this package, samples of creations and completions.
 *
 * <h2>Where this differs from the kernel</h2>
 *
 * <ul>
 *   <li>There are no reference counts. What the kernel does at the last one - complaining about a fence that nobody
 *       signalled - is the business of {@code close()} and of the validator. The release hook comes after completion.
 *   <li>Looking ({@link io.github.dmabuf4j.fence.DmaFence#isSignaled()}) and asking
 *       ({@link io.github.dmabuf4j.fence.DmaFence#poll()}) are two methods; only the second has effects.
 *   <li>Error and time are given with the completion, so no error can be set too late or be seen too early.
 *   <li>Hooks and callbacks run without a lock. A callback object serves one registration.
 *   <li>{@link io.github.dmabuf4j.fence.DmaFence#awaitAny awaitAny} answers the fence that woke it and not the lowest
 *       index; waits for sync objects keep the kernel's answer.
 *   <li>Names of signalled fences stay readable here; a sync file shows {@code detached-driver} and
 *       {@code signaled-timeline}, as the kernel does since 6.17.
 *   <li>Sequence numbers have 64 bits unless a context is made
 *       {@linkplain io.github.dmabuf4j.fence.FenceContext#createWrapping32 for a ring that wraps around}.
 *   <li>Containers may contain containers, however deep; nothing recurses.
 * </ul>
 *
 * @see <a href="https://docs.kernel.org/driver-api/dma-buf.html#dma-fences">DMA fences in the kernel's manual</a>
 */
@NullMarked
package io.github.dmabuf4j.fence;

import org.jspecify.annotations.NullMarked;
