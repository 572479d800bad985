package io.github.dmabuf4j.linux.ioctl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A C structure: its name, and where its members are. Made by naming the members in their order; gaps come about as the C
 * compiler makes them.
 */
public final class CStruct {
    private final StructLayout layout;
    private final Map<String, Long> offsets = new HashMap<>();

    private CStruct(StructLayout layout) {
        this.layout = layout;
        for (MemoryLayout member : layout.memberLayouts()) {
            member.name().ifPresent(name -> offsets.put(name, layout.byteOffset(PathElement.groupElement(name))));
        }
    }

    /**
     * Begins a structure.
     *
     * @param name its C name, without {@code struct}
     * @return a builder
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * The layout, for those who compare it.
     *
     * @return the layout with named members
     */
    public StructLayout layout() {
        return layout;
    }

    /**
     * The size.
     *
     * @return bytes
     */
    public long size() {
        return layout.byteSize();
    }

    /**
     * Where a member begins.
     *
     * @param member its C name
     * @return bytes
     */
    public long offset(String member) {
        Long offset = offsets.get(member);
        if (offset == null) {
            throw new IllegalArgumentException(layout + " has no member " + member);
        }
        return offset;
    }

    /**
     * A structure of zeros.
     *
     * @param arena where it lives
     * @return the structure
     */
    public CValue allocate(Arena arena) {
        return new CValue(this, arena.allocate(layout.byteSize(), Long.BYTES));
    }

    /**
     * Structures of zeros, one after the other.
     *
     * @param arena where they live
     * @param count how many
     * @return the memory of all
     */
    public MemorySegment allocateArray(Arena arena, int count) {
        return arena.allocate(layout.byteSize() * count, Long.BYTES);
    }

    /**
     * One structure of several.
     *
     * @param array the memory of all
     * @param index which one
     * @return the structure
     */
    public CValue element(MemorySegment array, int index) {
        return new CValue(this, array.asSlice(index * layout.byteSize(), layout.byteSize()));
    }

    /** Names the members of a structure. */
    public static final class Builder {
        private final String name;
        private final List<MemoryLayout> members = new ArrayList<>();
        private long end;
        private long alignment = 1;

        private Builder(String name) {
            this.name = name;
        }

        /**
         * Members of 32 bits.
         *
         * @param names their C names
         * @return this
         */
        public Builder ints(String... names) {
            for (String member : names) {
                add(ValueLayout.JAVA_INT.withName(member));
            }
            return this;
        }

        /**
         * Members of 16 bits.
         *
         * @param names their C names
         * @return this
         */
        public Builder shorts(String... names) {
            for (String member : names) {
                add(ValueLayout.JAVA_SHORT.withName(member));
            }
            return this;
        }

        /**
         * A member of several numbers of 32 bits.
         *
         * @param member its C name
         * @param count how many
         * @return this
         */
        public Builder intArray(String member, long count) {
            add(MemoryLayout.sequenceLayout(count, ValueLayout.JAVA_INT).withName(member));
            return this;
        }

        /**
         * Members of 64 bits: numbers and pointers.
         *
         * @param names their C names
         * @return this
         */
        public Builder longs(String... names) {
            for (String member : names) {
                add(ValueLayout.JAVA_LONG.withName(member));
            }
            return this;
        }

        /**
         * A member of bytes.
         *
         * @param member its C name
         * @param length how many
         * @return this
         */
        public Builder bytes(String member, long length) {
            add(MemoryLayout.sequenceLayout(length, ValueLayout.JAVA_BYTE).withName(member));
            return this;
        }

        /**
         * Bytes that begin at a multiple of eight and that nothing looks at by name.
         *
         * @param member the C name
         * @param length how many
         * @return this
         */
        public Builder block(String member, long length) {
            add(MemoryLayout.sequenceLayout(length / Long.BYTES, ValueLayout.JAVA_LONG)
                    .withName(member));
            return this;
        }

        private void add(MemoryLayout member) {
            alignTo(member.byteAlignment());
            members.add(member);
            end += member.byteSize();
            alignment = Math.max(alignment, member.byteAlignment());
        }

        private void alignTo(long boundary) {
            long gap = -end & (boundary - 1);
            if (gap != 0) {
                members.add(MemoryLayout.paddingLayout(gap));
                end += gap;
            }
        }

        /**
         * Ends the structure.
         *
         * @return the structure
         */
        public CStruct build() {
            alignTo(alignment);
            return new CStruct(MemoryLayout.structLayout(members.toArray(MemoryLayout[]::new))
                    .withName(name));
        }
    }
}
