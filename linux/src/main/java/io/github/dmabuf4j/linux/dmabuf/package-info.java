/**
 * Buffers of the kernel: real dma-bufs, which devices can import, and the places they come from.
 *
 * <p>A {@link io.github.dmabuf4j.linux.dmabuf.KernelDmaBuf} is the descriptor: its identity, name, implicit fences.
 * {@link io.github.dmabuf4j.linux.dmabuf.KernelPages} is its memory, mapped; every lease of it is a bracket of CPU access, with the
 * kernel's begin before it and its end behind it. So a heap over such memory gives a
 * {@link io.github.dmabuf4j.buffer.DmaBuf} like any other. {@link io.github.dmabuf4j.linux.dmabuf.Heaps} finds what there is:
 *
 * <ul>
 *   <li>{@link io.github.dmabuf4j.linux.dmabuf.DmaHeapBacking}: the kernel's heaps, {@code /dev/dma_heap};
 *   <li>{@link io.github.dmabuf4j.linux.dmabuf.UdmabufBacking}: memory files of this process that are dma-bufs too;
 *   <li>{@link io.github.dmabuf4j.linux.MemfdBacking}: memory files alone, which work everywhere.
 * </ul>
 *
 * <p>{@link io.github.dmabuf4j.linux.dmabuf.DmaBufs} takes in what others made: descriptors of any origin, with what their bytes
 * mean. A {@link io.github.dmabuf4j.linux.dmabuf.ForeignImage} is such a picture, a
 * {@link io.github.dmabuf4j.linux.dmabuf.ForeignFrame} one turn of it: from the producer's word to ours.
 */
@NullMarked
package io.github.dmabuf4j.linux.dmabuf;

import org.jspecify.annotations.NullMarked;
