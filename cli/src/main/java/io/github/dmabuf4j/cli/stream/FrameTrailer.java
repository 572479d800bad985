package io.github.dmabuf4j.cli.stream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * What a y4m stream says about a single frame, behind the picture in the same buffer: a length of two bytes, then the
 * parameters word for word. Nearly always the length is 0.
 */
final class FrameTrailer {
    /** The room for it: more than any y4m line needs. */
    static final int BYTES = 1_026;

    private static final ValueLayout.OfShort LENGTH = ValueLayout.JAVA_SHORT_UNALIGNED;

    private FrameTrailer() {}

    static void write(MemorySegment buffer, long frameSize, String parameters) {
        byte[] bytes = parameters.getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(bytes.length, BYTES - 2);
        buffer.set(LENGTH, frameSize, (short) length);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, frameSize + 2, length);
    }

    /** Empty where the sender leaves no room for it, or what stands there is no y4m parameter. */
    static String read(MemorySegment buffer, long frameSize) {
        if (buffer.byteSize() < frameSize + BYTES) {
            return "";
        }
        int length = buffer.get(LENGTH, frameSize) & 0xffff;
        if (length == 0 || length > BYTES - 2) {
            return "";
        }
        byte[] bytes = new byte[length];
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, frameSize + 2, bytes, 0, length);
        String parameters = new String(bytes, StandardCharsets.ISO_8859_1);
        return parameters.startsWith(" ") && parameters.indexOf('\n') < 0 ? parameters : "";
    }
}
