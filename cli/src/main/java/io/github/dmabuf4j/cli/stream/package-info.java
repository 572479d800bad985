/**
 * The road of the frames: a sender that puts a video into the buffers of a queue, and what a receiver needs to make a
 * video of them again.
 */
@NullMarked
package io.github.dmabuf4j.cli.stream;

import org.jspecify.annotations.NullMarked;
