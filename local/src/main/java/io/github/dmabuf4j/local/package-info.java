/** The backend for processes of one host. */
@NullMarked
package io.github.dmabuf4j.local;

import org.jspecify.annotations.NullMarked;
