/** Fences: what is waited for, in the vocabulary of the kernel's dma-fence. */
@NullMarked
package io.github.dmabuf4j.fence;

import org.jspecify.annotations.NullMarked;
