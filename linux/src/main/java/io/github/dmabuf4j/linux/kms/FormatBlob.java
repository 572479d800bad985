package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.buffer.Modifier;
import io.github.dmabuf4j.linux.ioctl.CValue;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The bytes in which a driver says which formats go with which modifiers. */
final class FormatBlob {
    private static final int FORMATS_OF_A_MODIFIER = 64;

    private FormatBlob() {}

    /** Formats with their modifiers; what reaches beyond the bytes is left out. */
    static Map<Integer, List<Long>> read(MemorySegment bytes) {
        if (bytes.byteSize() < KmsUapi.FORMAT_MODIFIER_BLOB.size()) {
            return Map.of();
        }
        CValue head = KmsUapi.FORMAT_MODIFIER_BLOB.element(bytes, 0);
        int[] formats = new int[count(bytes, head.get("formats_offset"), head.get("count_formats"), Integer.BYTES)];
        Map<Integer, List<Long>> all = new LinkedHashMap<>();
        for (int i = 0; i < formats.length; i++) {
            formats[i] =
                    bytes.get(ValueLayout.JAVA_INT_UNALIGNED, head.get("formats_offset") + (long) i * Integer.BYTES);
            all.put(formats[i], new ArrayList<>());
        }
        int at = head.get("modifiers_offset");
        long size = KmsUapi.FORMAT_MODIFIER.size();
        int modifiers = count(bytes, at, head.get("count_modifiers"), size);
        for (int i = 0; i < modifiers; i++) {
            CValue modifier = KmsUapi.FORMAT_MODIFIER.element(bytes.asSlice(at + i * size, size), 0);
            long bits = modifier.getLong("formats");
            for (int bit = 0; bit < FORMATS_OF_A_MODIFIER; bit++) {
                long format = Integer.toUnsignedLong(modifier.get("offset")) + bit;
                if ((bits >>> bit & 1) != 0 && format < formats.length) {
                    all.computeIfAbsent(formats[(int) format], _ -> new ArrayList<>())
                            .add(modifier.getLong("modifier"));
                }
            }
        }
        return all;
    }

    private static int count(MemorySegment bytes, int offset, int count, long size) {
        boolean fits = offset >= 0 && count >= 0 && offset + count * size <= bytes.byteSize();
        return fits ? count : 0;
    }

    /** Formats of a driver that says nothing about modifiers. */
    static Map<Integer, List<Long>> linear(int[] formats) {
        Map<Integer, List<Long>> all = new LinkedHashMap<>();
        for (int format : formats) {
            all.put(format, List.of(Modifier.LINEAR));
        }
        return all;
    }
}
