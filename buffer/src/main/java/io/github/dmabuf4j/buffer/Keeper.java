package io.github.dmabuf4j.buffer;

import org.jspecify.annotations.Nullable;

/**
 * One answer to the question who keeps a buffer alive.
 *
 * @param kind what it is
 * @param count how many of them this answer is about; 1 for each if places are traced
 * @param detail which device or which direction, for people; may be empty
 * @param place where it was made, with {@code -Ddmabuf4j.traceAllocations=true}; null otherwise
 */
public record Keeper(
        Kind kind, int count, String detail, @Nullable Throwable place) {
    /** What can keep a buffer alive. */
    public enum Kind {
        /** A {@link DmaBuf} that is not closed. */
        HANDLE("DmaBuf handle"),
        /** A {@link CpuAccess} that is not closed. */
        CPU_ACCESS("CPU access"),
        /** A {@link RawView} that is not closed. */
        RAW_VIEW("raw view"),
        /** A {@link DmaAttachment} that is not closed. */
        ATTACHMENT("attachment"),
        /** A mapping of an attachment that is not unmapped. */
        MAPPING("mapping"),
        /** A pin of an attachment. */
        PIN("pin");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String withArticle() {
            return (this == ATTACHMENT ? "an " : "a ") + label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    @Override
    public String toString() {
        return count + " × " + kind + (detail.isEmpty() ? "" : " (" + detail + ")");
    }
}
