/**
 * Dma-bufs: memory that devices, processes and virtual machines hand each other, and the heaps it comes from.
 *
 * <p>A {@link io.github.dmabuf4j.buffer.DmaHeap} allocates a {@link io.github.dmabuf4j.buffer.DmaBuf}; backends of a
 * transport {@linkplain io.github.dmabuf4j.buffer.DmaBuf#export export} one over pages that came from elsewhere. A
 * {@code DmaBuf} is a handle: the storage behind it lives until the last handle and the last lease are closed. The CPU
 * reaches the bytes inside a bracket ({@link io.github.dmabuf4j.buffer.CpuAccess}) that waits for the fences in the
 * buffer's reservation ({@link io.github.dmabuf4j.buffer.DmaResv}) and ends the view when it closes. What the bytes
 * mean is an {@link io.github.dmabuf4j.buffer.ImageLayout}: size, fourcc, modifier and planes, the currency of DRM,
 * EGL, Vulkan and V4L2.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Closing never fails because somebody else still holds the buffer. Using a closed handle or access is a
 *       {@link io.github.dmabuf4j.buffer.BufferClosedException}.
 *   <li>{@code beginCpuAccess} waits for fences without being interruptible, so that a bracket needs no checked
 *       exception; its thread's interrupt status is kept. Every fence ends, since its owner's death completes it.
 *   <li>A {@link io.github.dmabuf4j.buffer.RawView} is not a bracket: it waits for nothing. It is for transports that
 *       order access by timelines.
 *   <li>A handle or raw view that nobody closed is closed by the garbage collector, and reported. With
 *       {@code -Ddmabuf4j.traceAllocations=true} the report names the place where it was made, and forgotten CPU
 *       accesses are found too.
 * </ul>
 */
@NullMarked
package io.github.dmabuf4j.buffer;

import org.jspecify.annotations.NullMarked;
