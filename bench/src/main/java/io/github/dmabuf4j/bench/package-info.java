/**
 * Measurements side by side with peers.
 *
 * <p>{@link io.github.dmabuf4j.bench.Bench} takes suites apart into <em>blocks</em>. A
 * {@link io.github.dmabuf4j.bench.Block} is one measurement of one {@link io.github.dmabuf4j.bench.Contender}: fresh
 * processes, a warm-up, some hundred milliseconds of measuring, and the end of the processes. The
 * {@link io.github.dmabuf4j.bench.Regime} says on which CPUs they run and whether those may halt. A
 * {@link io.github.dmabuf4j.bench.Contest} runs the blocks of all contenders in rounds, each round in another order, so
 * that whatever else the machine does hits all of them; every number in a report is a median over the rounds, every
 * ratio one of medians of the same run with its {@link io.github.dmabuf4j.bench.Ratio interval}. One contender always
 * appears twice: the ratio of the two is the noise.
 *
 * <p>What runs inside the processes is in {@link io.github.dmabuf4j.bench.peer}.
 */
@NullMarked
package io.github.dmabuf4j.bench;

import org.jspecify.annotations.NullMarked;
