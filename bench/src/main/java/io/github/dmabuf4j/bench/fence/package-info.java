/** Fences inside one process, beside what the JDK offers for the same purpose; measured by JMH. */
@NullMarked
package io.github.dmabuf4j.bench.fence;

import org.jspecify.annotations.NullMarked;
