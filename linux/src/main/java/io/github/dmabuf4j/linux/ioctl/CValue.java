package io.github.dmabuf4j.linux.ioctl;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A C structure in memory, whose members are read and written by their names. */
public final class CValue {
    private final CStruct struct;
    private final MemorySegment memory;

    CValue(CStruct struct, MemorySegment memory) {
        this.struct = struct;
        this.memory = memory;
    }

    /**
     * The bytes.
     *
     * @return the memory
     */
    public MemorySegment memory() {
        return memory;
    }

    /**
     * Sets a member of 32 bits.
     *
     * @param member its C name
     * @param value the value
     * @return this
     */
    public CValue set(String member, int value) {
        memory.set(ValueLayout.JAVA_INT, struct.offset(member), value);
        return this;
    }

    /**
     * Sets one number of a member that has several.
     *
     * @param member its C name
     * @param index which one
     * @param value the value
     * @return this
     */
    public CValue setAt(String member, int index, int value) {
        memory.set(ValueLayout.JAVA_INT, struct.offset(member) + (long) index * Integer.BYTES, value);
        return this;
    }

    /**
     * Sets one number of 64 bits of a member that has several.
     *
     * @param member its C name
     * @param index which one
     * @param value the value
     * @return this
     */
    public CValue setLongAt(String member, int index, long value) {
        memory.set(ValueLayout.JAVA_LONG, struct.offset(member) + (long) index * Long.BYTES, value);
        return this;
    }

    /**
     * Sets a member of 16 bits.
     *
     * @param member its C name
     * @param value the value, whose upper half is left out
     * @return this
     */
    public CValue setShort(String member, int value) {
        memory.set(ValueLayout.JAVA_SHORT, struct.offset(member), (short) value);
        return this;
    }

    /**
     * A member of 16 bits.
     *
     * @param member its C name
     * @return the value, 0 to 65535
     */
    public int getShort(String member) {
        return Short.toUnsignedInt(memory.get(ValueLayout.JAVA_SHORT, struct.offset(member)));
    }

    /**
     * Sets a member of 64 bits.
     *
     * @param member its C name
     * @param value the value
     * @return this
     */
    public CValue setLong(String member, long value) {
        memory.set(ValueLayout.JAVA_LONG, struct.offset(member), value);
        return this;
    }

    /**
     * Sets a pointer.
     *
     * @param member its C name
     * @param target what it points to; stays reachable until the call is over
     * @return this
     */
    public CValue point(String member, MemorySegment target) {
        return setLong(member, target.address());
    }

    /**
     * Sets a text of a fixed length, cut to fit with a zero behind it.
     *
     * @param member its C name
     * @param length the length of the member
     * @param text the text
     * @return this
     */
    public CValue text(String member, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int count = Math.min(bytes.length, length - 1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, struct.offset(member), count);
        return this;
    }

    /**
     * A structure that begins where a member begins.
     *
     * @param member its C name
     * @param inner what is there
     * @return the structure
     */
    public CValue inner(String member, CStruct inner) {
        return new CValue(inner, memory.asSlice(struct.offset(member), inner.size()));
    }

    /**
     * A member of 32 bits.
     *
     * @param member its C name
     * @return the value
     */
    public int get(String member) {
        return memory.get(ValueLayout.JAVA_INT, struct.offset(member));
    }

    /**
     * A member of 64 bits.
     *
     * @param member its C name
     * @return the value
     */
    public long getLong(String member) {
        return memory.get(ValueLayout.JAVA_LONG, struct.offset(member));
    }

    /**
     * A text of a fixed length, up to its zero.
     *
     * @param member its C name
     * @param length the length of the member
     * @return the text
     */
    public String text(String member, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, struct.offset(member), bytes, 0, length);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
