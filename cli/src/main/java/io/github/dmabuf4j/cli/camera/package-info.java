/**
 * A camera as the source of a stream: the device captures into the very buffers that circulate between processes, so that no byte
 * is copied on the way to whoever looks at it.
 *
 * <p>A {@link io.github.dmabuf4j.cli.camera.Camera} is a device with a format; the driver's choice of stride and size becomes the
 * layout of the stream. A {@link io.github.dmabuf4j.cli.camera.CameraSender} moves buffers round: from the device to the receivers in
 * the order in which they were captured, and back to the device when the last receiver has released them.
 */
@NullMarked
package io.github.dmabuf4j.cli.camera;

import org.jspecify.annotations.NullMarked;
