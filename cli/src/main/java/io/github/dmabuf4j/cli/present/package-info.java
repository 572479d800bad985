/**
 * Video on a screen of the kernel (KMS): buffers that the display takes in are shown as they are, all others are copied into
 * buffers of the display, in its own format.
 */
@NullMarked
package io.github.dmabuf4j.cli.present;

import org.jspecify.annotations.NullMarked;
