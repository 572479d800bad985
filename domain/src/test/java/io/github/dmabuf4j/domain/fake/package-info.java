/** A backend without an operating system: both domains live in one JVM, sync pages are plain memory. */
@NullMarked
package io.github.dmabuf4j.domain.fake;

import org.jspecify.annotations.NullMarked;
