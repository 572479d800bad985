/**
 * Experiments on the simulated machine: each makes one mistake with caches that drivers and allocators make, and its
 * cure, and counts how many seeds show the mistake.
 *
 * <p>An {@link io.github.dmabuf4j.cli.litmus.Experiment} is run in a {@link io.github.dmabuf4j.cli.litmus.Scene}: a
 * machine, a heap of this project on it, devices. {@link io.github.dmabuf4j.cli.litmus.Litmus} runs many of them, and
 * makes the table; {@link io.github.dmabuf4j.cli.litmus.LinePicture} draws what happens to one line in one run.
 */
@NullMarked
package io.github.dmabuf4j.cli.litmus;

import org.jspecify.annotations.NullMarked;
