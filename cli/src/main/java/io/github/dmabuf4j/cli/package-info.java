/** The dmabuf4j command. */
@NullMarked
package io.github.dmabuf4j.cli;

import org.jspecify.annotations.NullMarked;
