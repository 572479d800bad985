package io.github.dmabuf4j.linux.kms;

import io.github.dmabuf4j.linux.BorrowedFd;
import io.github.dmabuf4j.linux.SystemCallException;
import io.github.dmabuf4j.linux.ioctl.Ioctl;
import io.github.dmabuf4j.linux.ioctl.KmsUapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/** Properties of several objects that are set at once, or not at all. */
final class AtomicRequest {
    private static final Ioctl<Boolean> ATOMIC =
            Ioctl.of("DRM_IOCTL_MODE_ATOMIC", KmsUapi.DRM_IOCTL_MODE_ATOMIC, KmsUapi.ATOMIC);

    // By object and property, in the order in which they were set.
    private final Map<Integer, Map<Integer, Long>> objects = new LinkedHashMap<>();

    AtomicRequest set(int object, KmsProperties properties, String name, long value) {
        objects.computeIfAbsent(object, _ -> new LinkedHashMap<>()).put(properties.id(name), value);
        return this;
    }

    /** Sets them. */
    void commit(BorrowedFd fd, int flags, long userData, String sentence) throws SystemCallException {
        int count = objects.values().stream().mapToInt(Map::size).sum();
        KmsCall.call(ATOMIC, fd, sentence, (argument, arena) -> {
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, objects.size());
            MemorySegment counts = arena.allocate(ValueLayout.JAVA_INT, objects.size());
            MemorySegment properties = arena.allocate(ValueLayout.JAVA_INT, count);
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, count);
            int object = 0;
            int property = 0;
            for (Map.Entry<Integer, Map<Integer, Long>> entry : objects.entrySet()) {
                ids.setAtIndex(ValueLayout.JAVA_INT, object, entry.getKey());
                counts.setAtIndex(
                        ValueLayout.JAVA_INT, object++, entry.getValue().size());
                for (Map.Entry<Integer, Long> value : entry.getValue().entrySet()) {
                    properties.setAtIndex(ValueLayout.JAVA_INT, property, value.getKey());
                    values.setAtIndex(ValueLayout.JAVA_LONG, property++, value.getValue());
                }
            }
            argument.set("flags", flags)
                    .set("count_objs", objects.size())
                    .point("objs_ptr", ids)
                    .point("count_props_ptr", counts)
                    .point("props_ptr", properties)
                    .point("prop_values_ptr", values)
                    .setLong("user_data", userData);
        });
    }

    /** Where the kernel leaves the descriptor of a fence. */
    static MemorySegment fenceSlot(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, -1);
    }
}
