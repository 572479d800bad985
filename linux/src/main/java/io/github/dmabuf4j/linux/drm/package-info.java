/**
 * Devices of the kernel's graphics system (DRM): their buffers, their sync objects, and the fences that tests put on buffers.
 *
 * <p>A {@link io.github.dmabuf4j.linux.drm.DrmDevice} is an open node. It takes dma-bufs in and gives them out
 * ({@link io.github.dmabuf4j.linux.drm.GemBuffer}), makes simple buffers for its screen, and has
 * {@link io.github.dmabuf4j.linux.drm.DrmSyncObj sync objects}. The driver {@code vgem}, which has no hardware, lets a program put
 * fences on a buffer and signal them ({@link io.github.dmabuf4j.linux.drm.VgemFence}): real fences of the kernel without a device.
 */
@NullMarked
package io.github.dmabuf4j.linux.drm;

import org.jspecify.annotations.NullMarked;
