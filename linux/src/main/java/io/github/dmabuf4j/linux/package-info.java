/** The real kernel underneath: system calls, file descriptors, shared timelines. */
@NullMarked
package io.github.dmabuf4j.linux;

import org.jspecify.annotations.NullMarked;
