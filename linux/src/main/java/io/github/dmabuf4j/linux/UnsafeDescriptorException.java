package io.github.dmabuf4j.linux;

import java.io.IOException;

/**
 * A descriptor that somebody else gave us cannot be mapped safely: its file could shrink under a mapping, has another
 * size than was said, or is no memory file at all. Nothing was mapped.
 */
public class UnsafeDescriptorException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Describes the defect.
     *
     * @param sentence what is wrong with the descriptor, and what its giver has to do
     */
    public UnsafeDescriptorException(String sentence) {
        super(sentence);
    }
}
