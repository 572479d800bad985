package io.github.dmabuf4j.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fence has at most 40 bytes with both kinds of object header; the benchmarks measure the same on live objects. */
class FenceSizeTest {
    @ParameterizedTest
    @ValueSource(ints = {12, 8})
    void atMostFortyBytes(int headerBytes) {
        int bytes = headerBytes;
        for (Class<?> type = UserFence.class; type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    bytes += sizeOf(field.getType());
                }
            }
        }
        // Fields are laid out without holes; the whole is rounded up to 8 bytes.
        assertThat((bytes + 7) / 8 * 8).isLessThanOrEqualTo(40);
    }

    private static int sizeOf(Class<?> type) {
        return switch (type.getName()) {
            case "boolean", "byte" -> 1;
            case "short", "char" -> 2;
            case "long", "double" -> 8;
            default -> 4; // int, float, and references below 32 GiB of heap
        };
    }
}
