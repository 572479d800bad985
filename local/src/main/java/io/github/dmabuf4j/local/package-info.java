/**
 * The backend for processes of one host: {@link io.github.dmabuf4j.local.LocalBackend}.
 *
 * <p><b>Channel.</b> A Unix socket of type SOCK_SEQPACKET ({@link io.github.dmabuf4j.local.LocalConnection}): a message is a
 * packet, descriptors travel with it. Nothing is sent per frame. All connections of a process are served by the one thread
 * of {@link io.github.dmabuf4j.linux.FdDispatcher}; none has a thread of its own.
 *
 * <p><b>Memory.</b> Memory files ({@link io.github.dmabuf4j.linux.MemfdPages}), one for each buffer, passed on as
 * descriptors. A received one is mapped only if it is a memory file, large enough, and sealed against shrinking.
 *
 * <p><b>Timelines.</b> Sync pages are memory files too, sealed so that only their owner writes them
 * ({@link io.github.dmabuf4j.linux.TimelinePage}); signals and waits are futexes on them.
 *
 * <p><b>Identity.</b> Who a peer is says the kernel: its process, user and group when it connected, and with every message
 * the process that sent it. Both must belong to the same user, or one to root; others are turned away without a word.
 *
 * <p><b>Death.</b> A process that closes its socket is not dead, and the socket of a dead process can live on in a child.
 * So the end of the stream says only that; a pidfd says that the peer is dead. When the stream of a process ends because the
 * process is ending, the end is held back until the pidfd says so, and the peer counts as dead, not as having left. After a
 * death everything that had arrived is delivered first.
 */
@NullMarked
package io.github.dmabuf4j.local;

import org.jspecify.annotations.NullMarked;
