/**
 * The real kernel underneath: memory that other processes can map, sockets that carry it there, and timelines on which
 * both sides sleep and wake.
 *
 * <p><strong>Descriptors</strong> have owners. An {@link io.github.dmabuf4j.linux.OwnedFd} closes its descriptor, a
 * {@link io.github.dmabuf4j.linux.BorrowedFd} only uses somebody else's; signatures say which of the two they take. A
 * refusal of the kernel is a {@link io.github.dmabuf4j.linux.SystemCallException}.
 *
 * <p><strong>Memory</strong> comes from {@link io.github.dmabuf4j.linux.MemfdBacking}: every run of pages is a memory file
 * of its own, reserved and sealed so that no access to a mapping of it can fail. Memory that others made is mapped only
 * after {@link io.github.dmabuf4j.linux.MemfdPages#adopt} has checked the same; what fails the check is an
 * {@link io.github.dmabuf4j.linux.UnsafeDescriptorException}.
 *
 * <p><strong>Sockets</strong> ({@link io.github.dmabuf4j.linux.UnixSocket}) carry messages with descriptors beside them,
 * and tell who the peer is; {@link io.github.dmabuf4j.linux.PeerProcess} tells when it dies.
 *
 * <p><strong>Timelines</strong> order the work of processes. Each process keeps its own in a
 * {@link io.github.dmabuf4j.linux.TimelinePage}, which nobody else can write, and sees those of others in a
 * {@link io.github.dmabuf4j.linux.PeerTimelinePage}, of which it believes nothing;
 * {@link io.github.dmabuf4j.linux.TimelineDescriptor} has the picture and the protocol. A signal is a store, and a system
 * call only if somebody sleeps for that value. Every wait ends: by its value, by a failure, by the death of the owner, by
 * closing, by an interrupt, or by its time.
 *
 * <p><strong>Nothing that blocks in the kernel runs on a virtual thread.</strong> Descriptors are waited for by the one
 * thread of {@link io.github.dmabuf4j.linux.FdDispatcher}, timelines by another one for fences and virtual threads, while a
 * platform thread sleeps on the words themselves.
 *
 * <p>The restricted calls themselves are in a package that is not exported.
 */
@NullMarked
package io.github.dmabuf4j.linux;

import org.jspecify.annotations.NullMarked;
