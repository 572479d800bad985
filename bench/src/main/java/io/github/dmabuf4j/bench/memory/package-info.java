/** What memory costs: from the kernel, from heaps, in scatter tables. */
@NullMarked
package io.github.dmabuf4j.bench.memory;

import org.jspecify.annotations.NullMarked;
