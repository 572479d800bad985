/** Pages and where they come from. */
@NullMarked
package io.github.dmabuf4j.memory;

import org.jspecify.annotations.NullMarked;
