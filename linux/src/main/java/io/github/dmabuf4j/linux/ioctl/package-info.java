/**
 * Requests to drivers: the structures they take, their numbers, and the one place that makes the call.
 *
 * <p>Numbers and structures carry their C names, and a test compares each of them with the kernel's headers. One class
 * holds those of one header: {@link io.github.dmabuf4j.linux.ioctl.SyncUapi},
 * {@link io.github.dmabuf4j.linux.ioctl.DmaBufUapi}, {@link io.github.dmabuf4j.linux.ioctl.DrmUapi}. An
 * {@link io.github.dmabuf4j.linux.ioctl.Ioctl} puts a number, a structure and the meaning of the answer together.
 */
@NullMarked
package io.github.dmabuf4j.linux.ioctl;

import org.jspecify.annotations.NullMarked;
