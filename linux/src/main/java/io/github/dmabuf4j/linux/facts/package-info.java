/**
 * What the kernel of this machine offers for buffers and fences, for a report to people: heaps, udmabuf, graphics devices and cameras, and
 * for what is missing the thing to do, be it a group to join, a module to load or a file system to mount.
 *
 * <p>{@link io.github.dmabuf4j.linux.facts.DeviceFacts} finds it all out by trying, and leaves nothing behind.
 */
@NullMarked
package io.github.dmabuf4j.linux.facts;

import org.jspecify.annotations.NullMarked;
