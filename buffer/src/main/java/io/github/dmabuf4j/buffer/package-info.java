/** Dma-bufs, heaps, reservations and picture layouts. */
@NullMarked
package io.github.dmabuf4j.buffer;

import org.jspecify.annotations.NullMarked;
