/**
 * Pictures in and out of the command: where frames come from, and what is made of them at the other end.
 *
 * <p>A {@link io.github.dmabuf4j.cli.video.VideoSource} puts one frame after the other straight into memory that its
 * caller owns, so that a frame from a file arrives in a shared buffer without a stop on the way. There are three: a
 * {@code .y4m} stream, anything else by way of {@code ffmpeg}, and a built-in test picture. On the other side there is
 * a {@link io.github.dmabuf4j.cli.video.Y4mWriter} and a {@link io.github.dmabuf4j.cli.video.ContactSheet}.
 *
 * <p>The stream format is YUV4MPEG2 (y4m): a line of text with the geometry, then for each frame a line that begins
 * with {@code FRAME} and the bare planes. Whatever a header says beyond the geometry (interlacing, aspect, comments) is
 * carried along word for word: what is written equals what was read, byte by byte.
 *
 * <p>Frames are 8 bits for each sample, planes one after the other without padding. Failures of the input are a
 * {@link io.github.dmabuf4j.cli.video.VideoException} whose message is a sentence for the user.
 */
@NullMarked
package io.github.dmabuf4j.cli.video;

import org.jspecify.annotations.NullMarked;
