/**
 * What runs inside the processes of a measurement.
 *
 * <p>A {@link io.github.dmabuf4j.bench.peer.Transport} is one way to move data between two processes, reduced to what
 * the measuring loops of {@link io.github.dmabuf4j.bench.peer.Worker} need. A process runs one transport once, so that
 * the just-in-time compiler sees a single implementation of each interface and the reduction costs nothing.
 *
 * <p>The bare transports use the JDK and three system calls and nothing of the library: they are the floor that the
 * library is compared with.
 */
@NullMarked
package io.github.dmabuf4j.bench.peer;

import org.jspecify.annotations.NullMarked;
