/**
 * Measurements side by side with peers.
 *
 * <p>{@link io.github.dmabuf4j.bench.Bench} runs suites. A {@link io.github.dmabuf4j.bench.Block} is the processes of one
 * {@link io.github.dmabuf4j.bench.Contender} at one task, and the {@link io.github.dmabuf4j.bench.Regime} says on which CPUs
 * they run and whether those may halt. Contenders are compared in one of two ways:
 *
 * <ul>
 *   <li>In a {@link io.github.dmabuf4j.bench.Relay} all of them are alive at the same time and take turns of some
 *       milliseconds, and a ratio is that of neighbouring turns. This is how speeds of pairs of processes are compared: a
 *       virtual machine's processors move apart and together meanwhile.
 *   <li>In a {@link io.github.dmabuf4j.bench.Contest} blocks run one after the other in rounds, each round in another order;
 *       for what is told and not compared, such as bytes of the heap.
 * </ul>
 *
 * <p>Every ratio has its {@link io.github.dmabuf4j.bench.Ratio interval}, and one contender always appears twice: the ratio
 * of the two is the noise.
 *
 * <p>What runs inside the processes is in {@link io.github.dmabuf4j.bench.peer}.
 */
@NullMarked
package io.github.dmabuf4j.bench;

import org.jspecify.annotations.NullMarked;
