/**
 * Cameras and other video devices of the kernel (V4L2), as far as pictures in buffers are concerned.
 *
 * <p>A {@link io.github.dmabuf4j.linux.v4l2.VideoDevice} is an open node with a format. A
 * {@link io.github.dmabuf4j.linux.v4l2.CaptureQueue} captures into buffers: those of the driver, which are given out as dma-bufs, or
 * dma-bufs of any origin, of our heaps or of a display. Nothing is copied either way. Buffers belong to the device from
 * {@link io.github.dmabuf4j.linux.v4l2.CaptureQueue#queue} to {@link io.github.dmabuf4j.linux.v4l2.CaptureQueue#dequeue}: that is the
 * only order there is, since these drivers neither wait for fences nor make any.
 */
@NullMarked
package io.github.dmabuf4j.linux.v4l2;

import org.jspecify.annotations.NullMarked;
