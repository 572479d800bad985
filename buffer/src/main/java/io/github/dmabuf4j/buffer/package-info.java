/**
 * Dma-bufs: memory that devices, processes and virtual machines hand each other, and the heaps it comes from.
 *
 * <p>A {@link io.github.dmabuf4j.buffer.DmaHeap} allocates a {@link io.github.dmabuf4j.buffer.DmaBuf}; backends of a
 * transport {@linkplain io.github.dmabuf4j.buffer.DmaBuf#export export} one over pages that came from elsewhere. A
 * {@code DmaBuf} is a handle: the storage behind it lives until the last handle, lease and attachment are closed. The CPU
 * reaches the bytes inside a bracket ({@link io.github.dmabuf4j.buffer.CpuAccess}) that waits for the fences in the
 * buffer's reservation ({@link io.github.dmabuf4j.buffer.DmaResv}) and ends the view when it closes. What the bytes
 * mean is an {@link io.github.dmabuf4j.buffer.ImageLayout}: size, fourcc, modifier and planes, the currency of DRM,
 * EGL, Vulkan and V4L2.
 *
 * <p>A device uses a buffer by a {@link io.github.dmabuf4j.buffer.DmaAttachment}, which maps it in the direction of the
 * data and keeps caches and memory in agreement for devices that do not look into the caches. Whoever owns the storage
 * is a {@link io.github.dmabuf4j.buffer.DmaExporter}; one that moves it reaches its importers by a
 * {@link io.github.dmabuf4j.buffer.BufferLink}. {@link io.github.dmabuf4j.buffer.ImplicitSync} gives and takes the
 * buffer's fences as files, and {@link io.github.dmabuf4j.buffer.BufferRegistry} knows every buffer and who keeps it.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Closing never fails because somebody else still holds the buffer. Using a closed handle or access is a
 *       {@link io.github.dmabuf4j.buffer.BufferClosedException}.
 *   <li>{@code beginCpuAccess} waits for fences without being interruptible, so that a bracket needs no checked
 *       exception; its thread's interrupt status is kept. Every fence ends, since its owner's death completes it.
 *   <li>A {@link io.github.dmabuf4j.buffer.RawView} is not a bracket: it waits for nothing. It is for transports that
 *       order access by timelines. It is what {@code vmap} and {@code mmap} are in the kernel: counted, so that the
 *       exporter is told of the first and of the last, and of any part of the buffer.
 *   <li>Cache maintenance is done behind the fences, once for all devices that have a buffer mapped, for the bytes of the
 *       bracket only, and not at all while no such device has it. A bracket for writing invalidates as one for reading
 *       does: a line that is written in part must not bring back the rest of what was there. What another open bracket
 *       has written is cleaned before, and not lost.
 *   <li>Mapping, unmapping and pinning take the reservation's lock unless the caller has it. Pins are counted here: the
 *       exporter is asked for the first and told of the last.
 *   <li>An attachment that is closed with mappings left unmaps them and says so, as the kernel warns: the device loses
 *       the addresses before the memory gets another owner.
 *   <li>A handle, raw view or attachment that nobody closed is closed by the garbage collector, and reported. With
 *       {@code -Ddmabuf4j.traceAllocations=true} the report names the place where it was made, and forgotten CPU
 *       accesses are found too.
 * </ul>
 */
@NullMarked
package io.github.dmabuf4j.buffer;

import org.jspecify.annotations.NullMarked;
