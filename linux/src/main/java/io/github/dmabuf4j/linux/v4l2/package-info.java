/**
 * Cameras and other video devices of the kernel (V4L2), as far as pictures in buffers are concerned.
 *
 * <p>A {@link io.github.dmabuf4j.linux.v4l2.VideoDevice} is an open node with a format for each
 * {@link io.github.dmabuf4j.linux.v4l2.Direction}. A {@link io.github.dmabuf4j.linux.v4l2.CaptureQueue} captures into buffers: those of the
 * driver, which are given out as dma-bufs, or dma-bufs of any origin, of our heaps or of a display. An
 * {@link io.github.dmabuf4j.linux.v4l2.OutputQueue} is the other way round; a device that makes pictures of pictures has both. Nothing is
 * copied. Buffers belong to the device from {@code queue} to {@code dequeue}: that is the only order there is, since these drivers
 * neither wait for fences nor make any.
 *
 * <p>A picture lies in one buffer, or, where the driver wants that, each of its planes in a buffer of its own: the interface is the
 * same. The driver chooses stride and size, which {@link io.github.dmabuf4j.linux.v4l2.VideoFormat#layout()} translates into what the rest
 * of the world speaks.
 */
@NullMarked
package io.github.dmabuf4j.linux.v4l2;

import org.jspecify.annotations.NullMarked;
