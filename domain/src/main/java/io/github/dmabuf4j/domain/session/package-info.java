/** One session with one peer: handshake, ids, and the states of what is shared. */
@NullMarked
package io.github.dmabuf4j.domain.session;

import org.jspecify.annotations.NullMarked;
