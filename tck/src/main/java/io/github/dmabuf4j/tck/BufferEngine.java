package io.github.dmabuf4j.tck;

/** An engine whose buffers have memory: a kernel with a dma-buf heap, or this library. */
public interface BufferEngine extends Engine {
    /**
     * A buffer with memory, such as {@code DMA_HEAP_IOCTL_ALLOC} gives.
     *
     * @param size bytes
     * @return a new buffer, every byte zero
     */
    Memory memory(long size);

    /** What the CPU does between {@code DMA_BUF_SYNC_START} and {@code DMA_BUF_SYNC_END}. */
    enum Access {
        /** {@code DMA_BUF_SYNC_READ}. */
        READ,
        /** {@code DMA_BUF_SYNC_WRITE}. */
        WRITE,
        /** {@code DMA_BUF_SYNC_RW}. */
        READ_WRITE
    }

    /** A descriptor of a buffer with memory. */
    interface Memory extends Engine.Buffer {
        /**
         * The identity of the buffer: its inode.
         *
         * @return the number
         */
        long id();

        /**
         * The size: {@code lseek(2)} to the end.
         *
         * @return bytes
         */
        long size();

        /**
         * The name in {@code fdinfo}.
         *
         * @return the name, empty if there is none
         */
        String name();

        /**
         * Names the buffer: {@code DMA_BUF_SET_NAME}.
         *
         * @param name the name
         */
        void name(String name);

        /**
         * Another descriptor of the buffer: {@code dup(2)}.
         *
         * @return a new descriptor
         */
        Memory dup();

        /**
         * Begins CPU access: {@code DMA_BUF_IOCTL_SYNC} with {@code DMA_BUF_SYNC_START}.
         *
         * @param access what the CPU will do
         */
        void begin(Access access);

        /**
         * Ends what was begun in the same way: {@code DMA_BUF_SYNC_END}.
         *
         * @param access what the CPU did
         */
        void end(Access access);

        /**
         * Maps bytes of the buffer: {@code mmap(2)}, shared.
         *
         * @param writable whether they may be written
         * @param offset where, in whole pages, in bytes
         * @param length how many bytes, in whole pages
         * @return a new mapping
         */
        View map(boolean writable, long offset, long length);

        /** Closes the descriptor. */
        void close();
    }

    /** A mapping of a buffer. */
    interface View {
        /**
         * Reads a byte.
         *
         * @param at where, from the begin of the mapping
         * @return the byte
         */
        byte get(long at);

        /**
         * Writes a byte.
         *
         * @param at where, from the begin of the mapping
         * @param value the byte
         */
        void put(long at, byte value);

        /** Ends the mapping: {@code munmap(2)}. */
        void close();
    }
}
