/**
 * Wound/wait mutexes: locks of which a thread takes many, in any order, without deadlock.
 *
 * <p>A thread that will lock several {@link io.github.dmabuf4j.buffer.ww.WwMutex}es draws an
 * {@link io.github.dmabuf4j.buffer.ww.AcquireContext} with a stamp: its age. When two contexts block each other, the
 * younger one gets a {@link io.github.dmabuf4j.buffer.ww.DeadlockAvoidedException}, releases everything, waits for the
 * contended mutex and begins again; it keeps its age, and so wins in the end. Users need not write that loop:
 * {@link io.github.dmabuf4j.buffer.ww.WwLockSet#lockAll} is it.
 *
 * <p>Semantics are the kernel's, with these decisions: what the kernel's debug mode finds (a context used after
 * {@code done}, another mutex locked after a back-off, a mutex unlocked twice) is always found, as an unchecked
 * exception; a thread that locks a mutex it holds itself gets an exception instead of waiting for itself for ever; and
 * sleeping waiters get the mutex strictly in their order.
 *
 * @see <a href="https://docs.kernel.org/locking/ww-mutex-design.html">Wound/Wait Deadlock-Proof Mutex Design</a>
 */
@NullMarked
package io.github.dmabuf4j.buffer.ww;

import org.jspecify.annotations.NullMarked;
