/**
 * The demonstration: one producer and two consumers, three processes in all, first sharing and then copying the same
 * frames.
 *
 * <p>{@code Demo} runs the passes; {@code Clip} can be read again and again; {@code ConsumerTask} is what a consumer does
 * with a frame, whichever way it came; {@code ConsumerProcess} is a consumer as the producer sees it, and
 * {@code ConsumerReport} what it says at the end. {@code SocketCopy} is the way that copies.
 */
@NullMarked
package io.github.dmabuf4j.cli.demo;

import org.jspecify.annotations.NullMarked;
