/**
 * Fences of the kernel as user space has them: sync files, and the software timelines that make them for tests.
 *
 * <p>A {@link io.github.dmabuf4j.linux.sync.KernelSyncFile} is the file; its
 * {@link io.github.dmabuf4j.linux.sync.KernelSyncFile#fence() fence} is a {@link io.github.dmabuf4j.fence.DmaFence} like any other and
 * may be mixed with others in waits, arrays and merges. It is waited for by the thread of
 * {@link io.github.dmabuf4j.linux.FdDispatcher}: nothing sleeps in the kernel on a virtual thread. The other direction does not
 * exist: a fence that depends on user space never becomes a fence of the kernel, which could wait for it while it needs the memory
 * of the program that should signal it.
 */
@NullMarked
package io.github.dmabuf4j.linux.sync;

import org.jspecify.annotations.NullMarked;
